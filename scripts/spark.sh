#!/usr/bin/env bash
# Installs what Fabric's runtime 2.0 has, for the tests of the Spark notebook, below .cache: Spark and its Python packages into
# .cache/spark, what Delta needs into .cache/delta (scripts/part.sh says what becomes of one that can't be installed).
set -uo pipefail
cd "$(dirname "$0")/.." || exit
# shellcheck source=scripts/part.sh
. scripts/part.sh
# shellcheck source=scripts/tool.sh
. scripts/tool.sh
export DELTA=io.delta:delta-spark_4.1_2.13:4.2.0
export DELTA_SHA256="7c5e742192794b069ac64fb40ab0933e1a70d27f1f32805bdd8c06af1d4df012  delta-kernel-api-4.2.0.jar
ce6cfcde63a1642fc71b836b90a4056b9b8c90d22fb66e8d103bf33f750419c7  delta-kernel-defaults-4.2.0.jar
8bbdfe74de90dea403e8c749da045a62f96810378f362ab99e7e030f75963b49  delta-kernel-unitycatalog-4.2.0.jar
8480050a55c7e50427f3bec3af9243f98fc7cbfa453a2ef55e6ea8d0b7b121ff  delta-spark_4.1_2.13-4.2.0.jar
2d84df76551f2b3cd27b120abec67ccbba324cea6ec45eb659edcc54234f99f3  delta-storage-4.2.0.jar" # of each library, and no other may be there

# java_ready makes sure of a Java that Spark 4 runs on.
java_ready() {
  command -v java >/dev/null || { [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null && apt-get update -qq && apt-get install -y -qq --no-install-recommends openjdk-17-jre-headless; } ||
    { echo "there is no Java on this machine"; return 1; }
  local version
  version=$(java -version 2>&1 | sed -nE 's/.* version "([0-9]+).*/\1/p')
  [ "${version:-0}" -ge 17 ] || { echo "Java is older than 17"; return 1; }
}

# newest_python names a Python that the runtime's packages exist for, the one of this machine where that will do.
newest_python() {
  local python
  for python in python3 python3.13 python3.12 python3.11; do
    "$python" -c 'import sys, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null && { echo "$python"; return 0; }
  done
  echo "Python is older than 3.11" >&2
  return 1
}

spark() {
  java_ready
  local python
  python=$(newest_python 2>&1) || { echo "$python"; return 1; }
  "$python" -m venv .cache/spark
  # pyspark is published as source only. It is built by what is installed before it, so that pip fetches nothing of its own for that.
  locked .cache/spark/bin/python fabric/requirements-build.txt --retries 1
  locked .cache/spark/bin/python fabric/requirements-spark.txt --retries 1 --no-binary pyspark --no-build-isolation
}

# delta fetches the libraries with Maven, in the folder of its own; a table in Delta's form is off in the notebooks by default.
delta() {
  command -v mvn >/dev/null || { echo "there is no Maven on this machine"; return 1; }
  mkdir -p .cache/delta/jars
  cat >.cache/delta/pom.xml <<POM
<project><modelVersion>4.0.0</modelVersion><groupId>portal</groupId><artifactId>delta</artifactId><version>1</version><dependencies><dependency>
<groupId>${DELTA%%:*}</groupId><artifactId>$(cut -d: -f2 <<<"$DELTA")</artifactId><version>${DELTA##*:}</version>
<exclusions><exclusion><groupId>org.apache.spark</groupId><artifactId>*</artifactId></exclusion></exclusions></dependency></dependencies></project>
POM
  mvn -q --strict-checksums -f .cache/delta/pom.xml org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies -DoutputDirectory=jars -DincludeGroupIds=io.delta
  [ "$(cd .cache/delta/jars && LC_ALL=C && sha256sum -- *)" = "$DELTA_SHA256" ] || { echo "Delta's libraries are not those that were seen before"; return 1; }
}

export -f locked java_ready newest_python spark delta
part spark "$(cat fabric/requirements-build.txt fabric/requirements-spark.txt)" "Spark for the tests of its notebook" 600 spark
part delta "$DELTA $DELTA_SHA256" "Delta for the tests of its table" 360 delta
exit 0
