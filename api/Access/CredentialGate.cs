using HeadlessSupport.Api.Platform.Audit;
using HeadlessSupport.Api.Platform.Http;

namespace HeadlessSupport.Api.Access;

/// <summary>Lets credentials in or not, and has the audit log tell of those that someone should not have any more, or not there.</summary>
internal sealed class CredentialGate(AuditQueue audit)
{
    // What merely expired or waits for the operator is no sign of anything.
    private static readonly string[] Told = [CredentialRefusal.Revoked, CredentialRefusal.Deactivated, CredentialRefusal.Network, CredentialRefusal.OrganizationNetwork];

    /// <exception cref="SupportException">It is refused, and why.</exception>
    public void Check(Credential credential, HttpContext context, DateTimeOffset now)
    {
        var address = context.Connection.RemoteIpAddress;
        if (credential.RefusalAt(now, address) is not { } refusal)
            return;
        if (Told.Contains(refusal.Reason))
        {
            audit.PostAtMostEachMinute(credential.Id, new(AccessAudit.CredentialRefused, credential.OrganizationId, credential.Actor, Target: credential.Id, new { refusal.Reason },
                address, context.Request.Headers.UserAgent.ToString(), context.Response.Headers[RequestLog.Header].ToString()));
        }
        throw refusal.Says;
    }
}

/// <summary>Entries of the audit log that no event is behind.</summary>
public static class AccessAudit
{
    public const string CredentialRefused = "credential.refused";
    public const string Exported = "audit_log.exported";
}
