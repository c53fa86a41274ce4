using HeadlessSupport.Api.Platform.Audit;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.AspNetCore.Identity;

namespace HeadlessSupport.Api.SignIn;

/// <summary>Notes sign-ins and changes of accounts in the audit log of each organization that the person belongs to.</summary>
internal sealed class SignInAudit(UserManager<Login> logins, Memberships memberships, AuditLog audit)
{
    public Task SucceededAsync(HttpContext context, Guid login, string by, CancellationToken cancellationToken) => NoteAsync(context, login, "sign_in.succeeded", new { by }, cancellationToken);

    /// <param name="email">Whose account was tried; nothing is noted where there is none.</param>
    public async Task FailedAsync(HttpContext context, string? email, string by, CancellationToken cancellationToken)
    {
        if (email is not null && await logins.FindByEmailAsync(email) is { } login)
            await NoteAsync(context, login.Id, "sign_in.failed", new { by }, cancellationToken);
    }

    public Task ChangedAsync(HttpContext context, Guid login, string what, CancellationToken cancellationToken) => NoteAsync(context, login, what, null, cancellationToken);

    private async Task NoteAsync(HttpContext context, Guid login, string action, object? details, CancellationToken cancellationToken)
    {
        foreach (var place in await memberships.OfAsync(login, cancellationToken))
        {
            var user = place.User.Id.ToString();
            await audit.NoteAsync(new(action, place.Organization.Id, new Actor(ActorKinds.User, user), user, details,
                context.Connection.RemoteIpAddress, context.Request.Headers.UserAgent.ToString(), context.Response.Headers[RequestLog.Header].ToString()), cancellationToken);
        }
    }
}
