using System.Text.Json;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.Platform.Mail;

/// <summary>
/// Where mail is put to be sent. It is saved with whatever else the context saves, so that a mail goes out if and only
/// if what it tells of has happened. Addresses and texts are sealed until then, and gone after it.
/// </summary>
public sealed class MailOutbox(SecretBox box, TimeProvider time)
{
    internal const string Purpose = "outgoing-mail";

    /// <param name="db">Any context whose model has the table; see <see cref="OutgoingMailsModel"/>.</param>
    public void Add(DbContext db, OutgoingMail mail) => Add(db, mail.Kind, mail.OrganizationId, new MailContent(mail, null));

    /// <summary>Adds one that the <see cref="IMailComposer"/> of its kind writes when it is sent.</summary>
    public void Add<T>(DbContext db, string kind, Id<Tenant>? organization, T arguments) where T : class =>
        Add(db, kind, organization, new MailContent(null, JsonSerializer.SerializeToElement(arguments, Json.Options)));

    private void Add(DbContext db, string kind, Id<Tenant>? organization, MailContent content) =>
        db.Add(new QueuedMail(organization, kind, box.Seal(Purpose, JsonSerializer.SerializeToUtf8Bytes(content, Json.Options)), time.GetUtcNow().ToMicroseconds()));
}

/// <summary>What is sealed: a mail, or what its composer needs.</summary>
internal sealed record MailContent(OutgoingMail? Mail, JsonElement? Arguments);
