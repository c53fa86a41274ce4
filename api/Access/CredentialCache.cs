using System.Collections.Concurrent;
using System.Net;
using System.Security.Claims;
using HeadlessSupport.Api.Organizations;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Users;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.Access;

/// <summary>What is known of a key that was found.</summary>
internal sealed record Credential(
    byte[] Hash, Id<ApiKey> KeyId, Id<Tenant> OrganizationId, OrganizationStatus Organization, TimeSpan ClockOffset, Id<User> UserId, UserStatus User,
    DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt, IPNetwork[] Networks, ClaimsPrincipal Principal);

/// <summary>
/// Finds keys by their hash, across organizations, since the key is what tells the organization. Kept for at most 5
/// seconds and dropped at once when the database says that keys, users or the organization changed, so that a revoked
/// key is refused everywhere within 5 seconds even where the notice is lost.
/// </summary>
public sealed class CredentialCache
{
    /// <summary>The channel that triggers on keys, users and organizations notify; the payload is the organization.</summary>
    internal const string Channel = "credentials_changed";

    internal const string Scheme = "Bearer";
    private const int MostEntries = 100_000;
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, (Credential? Found, long At)> entries = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(Guid Organization, Guid Key), DateTimeOffset> used = new();

    private readonly SystemDb system;
    private readonly TimeProvider time;

    public CredentialCache(SystemDb system, TimeProvider time, Notices notices)
    {
        this.system = system;
        this.time = time;
        notices.On(Channel, organization => Drop(new Id<Tenant>(organization)), DropAll);
    }

    internal Task<Credential?> FindAsync(string secret, CancellationToken cancellationToken) => FindAsync(ApiKey.HashOf(secret), cancellationToken);

    /// <summary>The credential as it is now.</summary>
    internal Task<Credential?> FindAsync(Credential credential, CancellationToken cancellationToken) => FindAsync(credential.Hash, cancellationToken);

    private async Task<Credential?> FindAsync(byte[] hash, CancellationToken cancellationToken)
    {
        var name = Convert.ToBase64String(hash);
        var now = time.GetTimestamp();
        if (entries.TryGetValue(name, out var entry) && time.GetElapsedTime(entry.At, now) < Kept)
            return entry.Found;
        var found = await LoadAsync(hash, cancellationToken);
        // Unknown keys pass the checksum only when someone makes them up on purpose; a full table is simply begun anew.
        if (entries.Count >= MostEntries)
            entries.Clear();
        // Stamped with the time before the look: what changed during it is at most 5 seconds old from there.
        entries[name] = (found, now);
        return found;
    }

    /// <summary>Forgets the organization's credentials.</summary>
    public void Drop(Id<Tenant> organization)
    {
        foreach (var (name, entry) in entries)
        {
            if (entry.Found?.OrganizationId == organization || entry.Found is null)
                entries.TryRemove(name, out _);
        }
    }

    internal void DropAll() => entries.Clear();

    internal void Used(Credential credential, DateTimeOffset at) => used[(credential.OrganizationId.Value, credential.KeyId.Value)] = at;

    /// <summary>Takes what was used since the last time.</summary>
    internal List<(Guid Organization, Guid Key, DateTimeOffset At)> TakeUsed()
    {
        var taken = new List<(Guid, Guid, DateTimeOffset)>();
        foreach (var key in used.Keys)
        {
            if (used.TryRemove(key, out var at))
                taken.Add((key.Organization, key.Key, at));
        }
        return taken;
    }

    private async Task<Credential?> LoadAsync(byte[] hash, CancellationToken cancellationToken)
    {
        var row = await system.ReadAcrossOrganizationsAsync(db => (
            from key in db.ApiKeys.AsNoTracking()
            join user in db.Users.AsNoTracking() on new { key.OrganizationId, Id = key.UserId } equals new { user.OrganizationId, user.Id }
            join organization in db.Organizations.AsNoTracking() on key.OrganizationId equals organization.OrganizationId
            where key.Hash == hash
            select new { key.Id, key.OrganizationId, Organization = organization.Status, organization.ClockOffsetSeconds, key.UserId, User = user.Status, key.ExpiresAt, key.RevokedAt, key.AllowedNetworks, key.Scopes })
            .SingleOrDefaultAsync(cancellationToken));
        if (row is null)
            return null;
        var identity = new ClaimsIdentity(
            [
                new(ClaimTypes.NameIdentifier, row.Id.ToString()),
                new(PermissionClaims.Permission, RequiresAttribute.Member),
                .. row.Scopes.Select(s => new Claim(PermissionClaims.Permission, s)),
            ], Scheme);
        return new(hash, row.Id, row.OrganizationId, row.Organization, TimeSpan.FromSeconds(row.ClockOffsetSeconds), row.UserId, row.User, row.ExpiresAt, row.RevokedAt,
            [.. row.AllowedNetworks.Select(n => IPNetwork.Parse(n))], new ClaimsPrincipal(identity));
    }
}
