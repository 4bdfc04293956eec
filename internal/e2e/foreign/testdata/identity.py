"""Signs in with azure-identity, as the SDK's users do: by id and by domain, for each audience, and with wrong secrets."""

import os

from azure.core.exceptions import ClientAuthenticationError
from azure.identity import ClientSecretCredential, EnvironmentCredential

tenant, client, secret = os.environ["TENANT"], os.environ["CLIENT"], os.environ["SECRET"]
audiences = [
    "https://api.fabric.microsoft.com/.default",
    "https://storage.azure.com/.default",
    "https://analysis.windows.net/powerbi/api/.default",
    "https://management.azure.com/.default",
]

signed_in = 0
credential = ClientSecretCredential(tenant, client, secret)
for audience in audiences:
    token = credential.get_token(audience)
    assert token.token.count(".") == 2 and token.expires_on > 0
    signed_in += 1
by_domain = ClientSecretCredential("sandbox.onmicrosoft.com", client, secret)
assert by_domain.get_token(audiences[0]).token
signed_in += 1
os.environ.update(AZURE_TENANT_ID=tenant, AZURE_CLIENT_ID=client, AZURE_CLIENT_SECRET=secret)
assert EnvironmentCredential().get_token(audiences[1]).token
signed_in += 1

refused = 0
for wrong in (ClientSecretCredential(tenant, client, "wrong"), ClientSecretCredential("00000000-0000-0000-0000-000000000000", client, secret)):
    try:
        wrong.get_token(audiences[0])
    except ClientAuthenticationError as error:
        assert "AADSTS7000215" in str(error) or "AADSTS90002" in str(error) or "tenant" in str(error).lower(), error
        refused += 1
print(f"signed in {signed_in} times, refused {refused} times")
