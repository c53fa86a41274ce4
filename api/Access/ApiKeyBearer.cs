using HeadlessSupport.Api.Platform.Tenancy;

namespace HeadlessSupport.Api.Access;

/// <summary>API keys: <c>hs_live_…</c> and <c>hs_test_…</c>.</summary>
internal sealed class ApiKeyBearer(CredentialCache credentials, CredentialGate gate, TimeProvider time) : IBearer
{
    public bool Knows(string secret) => KeyText.IsWellFormed(secret, "hs_live_", "hs_test_");

    public async Task<Credential> ReadAsync(string secret, HttpContext context, CancellationToken cancellationToken)
    {
        var credential = await credentials.FindAsync(secret, cancellationToken) ?? throw Credential.Refuse("There is no such API key.");
        var now = time.GetUtcNow().ToMicroseconds();
        gate.Check(credential, context, now);
        credentials.Used(credential, now);
        return credential;
    }
}
