using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Tenancy;

namespace HeadlessSupport.Api.Platform.Mail;

/// <summary>A mail of the system's own, such as an invitation. It goes out through <see cref="MailOutbox"/>.</summary>
/// <param name="Kind">What it is, for logs: <c>invitation</c>.</param>
/// <param name="OrganizationId">In whose name; null for the installation's own. Test organizations reach nobody who is not on the list.</param>
public sealed record OutgoingMail(string Kind, Id<Tenant>? OrganizationId, MailRecipient To, string Subject, string Text, string? Html = null)
{
    /// <summary>A letter, whose title is the subject.</summary>
    public static OutgoingMail Of(string kind, Id<Tenant>? organization, MailRecipient to, Letter letter) => new(kind, organization, to, letter.Title, letter.ToText(), letter.ToHtml());
}

public sealed record MailRecipient(string Address, string? Name = null);

/// <summary>
/// Writes mails of one kind at the moment they are sent, of the arguments they were queued with: for what must not be
/// looked up or made before, such as the token of a password reset. Registered as scoped; its scope is in the name of
/// the mail's organization, if it has one. A mail that fails is composed anew each time it is tried.
/// </summary>
public interface IMailComposer
{
    string Kind { get; }

    /// <returns>Null where there is nothing to send.</returns>
    Task<OutgoingMail?> ComposeAsync(System.Text.Json.JsonElement arguments, CancellationToken cancellationToken);
}
