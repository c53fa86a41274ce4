using Microsoft.AspNetCore.Identity;

namespace HeadlessSupport.Api.SignIn;

/// <summary>Notes sign-ins and changes of accounts in the audit log of each organization that the person belongs to.</summary>
internal sealed class SignInAudit(UserManager<Login> logins, Memberships memberships)
{
    public Task SucceededAsync(HttpContext context, Guid login, string by, CancellationToken cancellationToken) => NoteAsync(context, login, "sign_in.succeeded", by, cancellationToken);

    /// <param name="email">Whose account was tried; nothing is noted where there is none.</param>
    public async Task FailedAsync(HttpContext context, string? email, string by, CancellationToken cancellationToken)
    {
        if (email is not null && await logins.FindByEmailAsync(email) is { } login)
            await NoteAsync(context, login.Id, "sign_in.failed", by, cancellationToken);
    }

    public Task ChangedAsync(HttpContext context, Guid login, string what, CancellationToken cancellationToken) => NoteAsync(context, login, what, null, cancellationToken);

    private async Task NoteAsync(HttpContext context, Guid login, string action, string? by, CancellationToken cancellationToken)
    {
        foreach (var place in await memberships.OfAsync(login, cancellationToken))
            _ = (context, place, action, by);
    }
}
