using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Storage;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.Tickets;

/// <summary>
/// Removes uploads that no comment named for a week, and files that no row names. A file goes after its row, so that
/// dying in between leaves an orphan, which the next run removes. Safe to run twice and beside itself.
/// </summary>
internal sealed partial class SweepOrphanFilesJob(SystemDb system, IFileStore files, IServiceScopeFactory scopes, TimeProvider time, ILogger<SweepOrphanFilesJob> logger)
{
    private const int AtATime = 500;

    /// <summary>By the organization's clock.</summary>
    internal static readonly TimeSpan UploadsKept = TimeSpan.FromDays(7);

    /// <summary>By real time. Much longer than an upload may take until its row is committed.</summary>
    internal static readonly TimeSpan FilesKept = TimeSpan.FromDays(1);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var uploads = await RemoveUploadsAsync(cancellationToken);
        var orphans = await RemoveOrphansAsync(cancellationToken);
        await files.RemoveLeftoversAsync(time.GetUtcNow() - FilesKept, cancellationToken);
        if (uploads + orphans > 0)
            Log.Swept(logger, uploads, orphans);
    }

    private async Task<int> RemoveUploadsAsync(CancellationToken cancellationToken)
    {
        var removed = 0;
        List<Unused> page;
        var last = (CreatedAt: DateTimeOffset.MinValue, Id: Guid.Empty);
        do
        {
            page = await UnusedAsync(last.CreatedAt, last.Id, cancellationToken);
            foreach (var upload in page)
            {
                if (await RemoveAsync(upload, cancellationToken))
                    removed++;
                // Goes on behind it, so that one that cannot be removed holds up none.
                last = (upload.CreatedAt, upload.Id.Value);
            }
        }
        while (page.Count == AtATime);
        return removed;
    }

    private Task<List<Unused>> UnusedAsync(DateTimeOffset after, Guid afterId, CancellationToken cancellationToken)
    {
        var before = time.GetUtcNow() - UploadsKept;
        return system.ReadAcrossOrganizationsAsync(db => db.Database.SqlQuery<UnusedRow>(
            $"""
            select a.organization_id, a.id, a.created_at, o.clock_offset_seconds
            from attachments a join organizations o using (organization_id)
            where a.comment_id is null and a.created_at < {before} + o.clock_offset_seconds * interval '1 second' and (a.created_at, a.id) > ({after}, {afterId})
            order by a.created_at, a.id limit {AtATime}
            """).Select(r => new Unused(new(r.OrganizationId), new(r.Id), r.CreatedAt, TimeSpan.FromSeconds(r.ClockOffsetSeconds))).ToListAsync(cancellationToken));
    }

    // In the organization's own name, like everything that changes its rows and records an event.
    private async Task<bool> RemoveAsync(Unused upload, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<TenantContext>().Enter(upload.Organization, Actor.System, upload.ClockOffset);
        if (await scope.ServiceProvider.GetRequiredService<Shelf>().ExpireAsync(upload.Id, cancellationToken) is not { } attachment)
            return false;
        await DeleteAsync(attachment.StorageKey, cancellationToken);
        return true;
    }

    private async Task<int> RemoveOrphansAsync(CancellationToken cancellationToken)
    {
        var removed = 0;
        var before = time.GetUtcNow() - FilesKept;
        await foreach (var page in files.ListAsync(cancellationToken).Where(f => f.LastModified < before && OrganizationOf(f.Key) is not null).Chunk(AtATime).WithCancellation(cancellationToken))
        {
            foreach (var key in await OrphansAsync([.. page.Select(f => f.Key)], cancellationToken))
            {
                if (await DeleteAsync(key, cancellationToken))
                    removed++;
            }
        }
        return removed;
    }

    // Files of organizations that this database does not know belong to another installation, or the database is the
    // wrong one: they stay.
    private Task<List<string>> OrphansAsync(string[] keys, CancellationToken cancellationToken)
    {
        var organizations = Array.ConvertAll(keys, k => OrganizationOf(k)!.Value);
        return system.ReadAcrossOrganizationsAsync(db => db.Database.SqlQuery<string>(
            $"""
            select k.storage_key as "Value" from unnest({organizations}, {keys}) as k (organization_id, storage_key)
            where exists (select from organizations o where o.organization_id = k.organization_id)
              and not exists (select from attachments a where a.organization_id = k.organization_id and a.storage_key = k.storage_key)
            """).ToListAsync(cancellationToken));
    }

    // The keys of attachments are {organization}/{id}; what else may be in the store is not this job's.
    private static Guid? OrganizationOf(string key) =>
        key.Length == 65 && key[32] == '/' && Guid.TryParseExact(key.AsSpan(0, 32), "N", out var organization) && Guid.TryParseExact(key.AsSpan(33), "N", out _) ? organization : null;

    private async Task<bool> DeleteAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            await files.DeleteAsync(key, cancellationToken);
            return true;
        }
        catch (FileStoreException error)
        {
            Log.NotDeleted(logger, key, error);
            return false;
        }
    }

    private sealed record Unused(Id<Tenant> Organization, Id<Attachment> Id, DateTimeOffset CreatedAt, TimeSpan ClockOffset);

    private sealed record UnusedRow(Guid OrganizationId, Guid Id, DateTimeOffset CreatedAt, long ClockOffsetSeconds);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Removed {Uploads} uploads that no comment named, and {Orphans} files that no row named.")]
        public static partial void Swept(ILogger logger, int uploads, int orphans);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The file {Key} could not be deleted; the next run tries again.")]
        public static partial void NotDeleted(ILogger logger, string key, Exception error);
    }
}
