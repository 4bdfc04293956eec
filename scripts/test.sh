#!/usr/bin/env bash
# Runs every test: the notebooks' in Python, Go's with the race detector, and the real window under Xvfb.
# Names at its end what was skipped and why, and closes with a line "N passed, N failed, N skipped".
set -uo pipefail
cd "$(dirname "$0")/.." || exit
mkdir -p .cache
log=.cache/test.log
: >"$log"
failed=0

# Each step says what the one before it took.
began=
step() {
  took
  began=$SECONDS
  printf '\n== %s\n' "$1"
}
took() { [ -z "$began" ] || printf '== took %d s\n' $((SECONDS - began)); }

step "Python: notebooks, rules and document forms"
.cache/venv/bin/python -m pytest -q -rs -n 2 --dist worksteal -p no:cacheprovider fabric/tests 2>&1 | tee .cache/pytest.log || failed=1

step "Python: the same with what Fabric's runtime 2.0 has, and the Spark notebook"
if [ -x .cache/spark/bin/python ]; then
  # Publishing, restoring, the lock and how a job ends are the same with any packages, and so is deltalake when it is stopped. One worker
  # a file, so that Spark starts once. Workbooks and the notebook for one node never run there. Of the random tables a
  # third is tried again (starts in conftest.py).
  PORTAL_DELTA=$PWD/.cache/delta/jars .cache/spark/bin/python -m pytest -q -rs -n 2 --dist loadfile -p no:cacheprovider --ignore-glob '*/test_publication_*' \
    --ignore-glob '*/test_delta_killed.py' --ignore-glob '*/test_bad_input.py' --ignore-glob '*/test_profiles.py' --ignore-glob '*/test_report.py' \
    --ignore-glob '*/test_restore.py' --ignore-glob '*/test_runlock.py' --ignore-glob '*/test_notebooks.py' \
    --ignore-glob '*/test_workbooks.py' --ignore-glob '*/test_large_workbooks.py' --ignore-glob '*/test_sheets.py' \
    fabric/tests 2>&1 | tee .cache/pytest-spark.log || failed=1
else
  printf 'SKIPPED [1] fabric/tests: with Spark: it %s\n1 skipped\n' "$(cat .cache/spark.missing 2>/dev/null || echo 'is not installed: scripts/spark.sh')" | tee .cache/pytest-spark.log
fi

# A passing test says nothing but its package's line; the whole output is in the log.
show() { grep --line-buffered -E '^(ok|FAIL|panic:|WARNING: DATA RACE|#)|^ *--- (FAIL|SKIP)|_test\.go:[0-9]+:|Error( Trace|:)'; }

# first EXPRESSION LIST: the packages that match before all others, as go test begins with the first, and the longest is not to be the last.
first() { grep -E "$1" <<<"$2"; grep -vE "$1" <<<"$2"; }

# These start no goroutine of their own (deployment one) and compute much, or drive programs that are built without the race detector
# (e2e/foreign, e2e/hostile): it would take five times as long to find nothing.
plain='/(contract|docs|fabric|internal/licences|internal/sandbox/sampledata|internal/e2e/(foreign|hostile|twosides)|internal/services/(deployment|importfile/(amount|analysis|cleaning|drift|hits|keys|kpis|reading|rules|sample|spreadsheet/(delimited|inflate)|verdict))|packaging/icons)$'
all=$(go list -tags migrated_fynedo,nowindow ./... | grep -v -e '/internal/e2e/window$' -e '/internal/e2e/soak')

step "Go: what starts no goroutine, or drives other programs, without the race detector"
alone=$(first '/(twosides|deployment)$' "$(grep -E "$plain" <<<"$all")")
# shellcheck disable=SC2086
CGO_ENABLED=0 go test -p 2 -timeout 20m -tags migrated_fynedo,nowindow -v $alone 2>&1 | tee -a "$log" | show
[ "${PIPESTATUS[0]}" -eq 0 ] || failed=1

# These compute for long on many made-up files, or run notebooks (the whole job and the desktops that hear of each other do that with the
# detector); what they start is started by other tests of their packages as well. Each of them is run here, and a name that none has any
# more is a fault.
long='TestValuesAreThoseThatWereWritten|TestLongPagesTakeLittleMemory|TestLongPagesAreThoseInMemory|TestDamagedFilesEndInAnError|TestAFileHasOneProfile|TestAPanicAnywhereIsAnErrorThatNamesTheFile|TestLZ4IsUnpackedInPieces|TestPagesOnDiskAreThoseInMemory|TestGapsLoseNothing|TestManyColumnsOfDifferentValuesAreEstimated|TestNoFileTakesMoreMemoryThanThereIs|TestNoScreenDrawsWhatSomebodyElseMadeUp|TestTextSizeCountsAtOnce|TestAnyRememberedSizeGivesAWindowThatCanBeDrawn|TestTheFocusIsSeen|TestTranslationsAreComplete|TestRelationshipsAreBounded|TestManyLongTextsEndAtTheirLimit|TestCellsAllOverTheGridCostTheirNumber|TestOneLongTextInManyCellsHasALimit|TestWhereTextsAreKeptMakesNoDifference|TestProfileEqualsThePlainDefinition|TestRowsThatRepeatAnEarlierOne|TestNoFindingOfAGermanScreenIsEnglish|TestFivePlacesSayTheSame|TestFilesThatEndEarlyAreNeverDone|TestManyCategoriesGoIntoTheDatabase|TestEachAttackIsServed'
long+='|TestEachFaultOfFabricIsFound|TestWhatIsPublishedIsNamed|TestTheRealNotebooks|TestDoctor|TestBadInput|TestANotebookThatIsKilledWhilePublishing|TestOtherContentThanWasLookedAtIsNotPublished|TestAPipelineWithoutTheHashGoesOn|TestAnotherSheetIsAskedForAndRun|TestAnOldPipelineIsNamedAndNotToldInVain|TestAFolderInPlaceOfTheLakehouse|TestTheArchiveKnowsWhatIsPublishedAndWhatColleaguesNoted|TestWhatChangedBetweenTwoRuns|TestATrialLeavesWhatIsPublishedAsItWas'
step "Go: what computes for long or runs notebooks, without the race detector"
CGO_ENABLED=0 go test -p 2 -timeout 20m -tags migrated_fynedo,nowindow -v -run "^($long)\$" ./internal/e2e/services \
  ./internal/{cli,gui,gui/importscreen,sandbox,sandbox/hostile} \
  ./internal/services/{doctor,runs,results/dataset,importfile/profile,importfile/spreadsheet,importfile/spreadsheet/parquetfile} >.cache/long.log 2>&1 || failed=1
tee -a "$log" <.cache/long.log | show | grep -v 'no tests to run'
for name in ${long//|/ }; do
  grep -qE "^--- (PASS|FAIL): $name " .cache/long.log || { printf -- '--- FAIL: scripts/test.sh: there is no %s\n' "$name" | tee -a "$log"; failed=1; }
done
# Another test of the same name would be left out below.
grep -rhoE --include='*_test.go' "^func ($long)\(" internal | sort | uniq -d | while read -r _ name; do printf -- '--- FAIL: scripts/test.sh: there are two %s\n' "${name%(}"; done | tee -a "$log" | grep . && failed=1

step "Go: everything else but the real window, with the race detector"
packages=$(first '/(gui|e2e/services|spreadsheet|cli|runs|artifacts|sandbox|jobs|dataset|db)$' "$(grep -vE "$plain" <<<"$all")")
# shellcheck disable=SC2086
go test -race -p 3 -timeout 20m -tags migrated_fynedo,nowindow -v -skip "^($long)\$" $packages 2>&1 | tee -a "$log" | show
[ "${PIPESTATUS[0]}" -eq 0 ] || failed=1

step "Go: desktops that are killed and frozen (by itself, as it needs the whole machine)"
soak=$(go list -tags migrated_fynedo,nowindow ./internal/e2e/soak/...)
# shellcheck disable=SC2086
go test -race -p 1 -timeout 20m -tags migrated_fynedo,nowindow -v $soak 2>&1 | tee -a "$log" | { show; grep -E 'soak: [0-9]+ runs' "$log" | tail -n 1; }
[ "${PIPESTATUS[0]}" -eq 0 ] || failed=1

# The window mostly waits for what it is shown and for notebooks: the rest goes beside it, on one core and behind it. Inputs of fuzz targets
# are counted rather than timed: a run that its time ends can fail on a busy machine without a fault.
beside() {
  local failed=0
  GOMAXPROCS=1 CGO_ENABLED=0 go test -timeout 20m -tags migrated_fynedo,nowindow -v -run 'FitsInEachSize|EverythingIsReachedByKeys' ./internal/gui >.cache/layout.log 2>&1 || failed=1
  GOMAXPROCS=1 nice -n 5 scripts/fuzz.sh >.cache/fuzz.log 2>&1 || failed=1
  return $failed
}
step "Go: the program's real window under Xvfb; beside it every screen laid out in each language, size and text size, then every fuzz target, on inputs made up by chance"
beside &
beside=$!
PORTAL_REQUIRE_WINDOW=1 go test -timeout 15m -tags migrated_fynedo -count=1 -v ./internal/e2e/window 2>&1 | tee -a "$log" | show
[ "${PIPESTATUS[0]}" -eq 0 ] || failed=1
wait "$beside" || failed=1
tee -a "$log" <.cache/layout.log | show
tee -a "$log" <.cache/fuzz.log | grep -vE '^ *(=== |--- PASS|PASS|fuzz: elapsed)'
took

count() { grep -cE "^ *--- $1" "$log" || true; }
py() {
  local log sum=0
  for log in .cache/pytest.log .cache/pytest-spark.log; do sum=$((sum + $(grep -oE "[0-9]+ $1" "$log" | tail -n 1 | cut -d' ' -f1 | grep . || echo 0))); done
  echo "$sum"
}
# skipped names each test that was left out, with the reason that it gave last. A fuzz target's own inputs are none: it
# leaves out those that can't be its own.
skipped() {
  awk '/^ *=== (RUN|CONT|NAME) / { test = $3; next }
    /^ *--- SKIP: / { if ($3 !~ /^Fuzz.*\//) print "  " $3 (why[$3] ? ": " why[$3] : ""); delete why[$3]; next }
    /^ *[^ ]+_test\.go:[0-9]+: / { line = $0; sub(/^ *[^ ]+ /, "", line); why[test] = line }' "$log" | sort -u
  sed -nE 's/^SKIPPED \[[0-9]+\] ([^ ]+): (.*)$/  \1: \2/p' .cache/pytest.log .cache/pytest-spark.log | sort -u
}
names=$(skipped)
printf '\nSkipped:\n%s\n' "${names:-  nothing}"
printf '\nIt ran: pytest on fabric/tests, with the packages of Python notebooks and of the Spark runtime; go test on %s packages, and with -race on %s, the soak among them; fuzzing with %s; the real window under Xvfb.\n' "$(wc -w <<<"$alone")" "$(wc -w <<<"$packages $soak")" \
  "$(grep -oE '^fuzz: [0-9]+ executions of [0-9]+ targets' "$log" | tail -n 1 | cut -d' ' -f2- | grep . || echo 'no target')"
printf '%d passed, %d failed, %d skipped\n' $(( $(count PASS) + $(py passed) )) $(( $(count FAIL) + $(py failed) )) $(( $(count SKIP) + $(py skipped) ))
exit $failed
