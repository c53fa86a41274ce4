using Hangfire;
using HeadlessSupport.Api.Platform.Data;
using OpenIddict.Abstractions;

namespace HeadlessSupport.Api.SignIn;

/// <summary>Takes away tokens that are of no use any more, and sessions that ended long ago.</summary>
[DisableConcurrentExecution(60)]
internal sealed class SweepSignInJob(SystemDb system, IOpenIddictTokenManager tokens, IOpenIddictAuthorizationManager authorizations, TimeProvider time)
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(14);
    private static readonly TimeSpan SessionsKept = TimeSpan.FromDays(90);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await tokens.PruneAsync(time.GetUtcNow() - Kept, cancellationToken);
        await authorizations.PruneAsync(time.GetUtcNow() - Kept, cancellationToken);
        await system.ExecuteAcrossOrganizationsAsync("delete from sessions where ends_at < $1", cancellationToken, new Npgsql.NpgsqlParameter { Value = time.GetUtcNow() - SessionsKept });
    }
}
