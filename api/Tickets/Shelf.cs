using System.Globalization;
using HeadlessSupport.Api.Organizations;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Storage;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.Tickets;

/// <summary>Where files stand before a comment names them. Whoever brings a file (the API, doors, the demo) comes through here.</summary>
public sealed class Shelf(SupportDb db, TenantContext tenant)
{
    private const string Used = "attachment_bytes";

    /// <summary>Gives a stored file its row, and counts it against the organization's storage. Runs in the caller's transaction, which keeps both or neither.</summary>
    /// <exception cref="SupportException">The storage is used up: 409.</exception>
    public async Task<Attachment> PutAsync(string name, string contentType, StoredFile file, CancellationToken cancellationToken)
    {
        var limits = await db.Organizations.AsNoTracking().Select(o => o.Limits).SingleAsync(cancellationToken);
        await TakeSpaceAsync(file.Bytes, limits.StorageBytes, cancellationToken);
        var attachment = new Attachment(tenant.Required, name, contentType, file.Bytes, Convert.FromHexString(file.Sha256), file.Key, tenant.ActingUser, tenant.Now);
        db.Add(attachment);
        await db.SaveChangesAsync(cancellationToken);
        return attachment;
    }

    /// <summary>Removes a file's row and gives back its space, in one transaction. The file itself is the caller's to delete, after that.</summary>
    /// <returns>Null where it is gone, or a comment has taken it.</returns>
    internal async Task<Attachment?> ExpireAsync(Id<Attachment> id, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await db.Attachments.SingleOrDefaultAsync(a => a.Id == id && a.CommentId == null, cancellationToken) is not { } attachment)
            return null;
        attachment.Expire();
        db.Remove(attachment);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            // A comment took it in this moment.
            return null;
        }
        await db.Database.ExecuteSqlAsync(
            $"update counters set value = greatest(value - {attachment.Size}, 0) where organization_id = {tenant.Required.Value} and name = {Used}", cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return attachment;
    }

    // One statement checks and takes, so that two uploads cannot both fit into the last bytes.
    private async Task TakeSpaceAsync(long bytes, long quota, CancellationToken cancellationToken)
    {
        var organization = tenant.Required.Value;
        var taken = bytes > quota ? 0 : await db.Database.ExecuteSqlAsync(
            $"""
            insert into counters as c (organization_id, name, value) values ({organization}, {Used}, {bytes})
            on conflict (organization_id, name) do update set value = c.value + excluded.value where c.value + excluded.value <= {quota}
            """, cancellationToken);
        if (taken == 0)
            throw new SupportException(ErrorCode.Conflict, string.Create(CultureInfo.InvariantCulture, $"The organization may store {quota} bytes of attachments, and this file would be too much."), ("/file", "Is more than the storage left."));
    }
}
