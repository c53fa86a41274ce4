using System.Collections.Concurrent;
using System.Security.Claims;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Events;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.AspNetCore.SignalR;

namespace HeadlessSupport.Api.Realtime;

/// <summary>Somebody who is connected to this node: who they are, what they follow and which tickets they look at.</summary>
internal sealed class LiveConnection(HubCallerContext context, HttpContext request, Id<Tenant> organization, string user) : IDisposable
{
    private CancellationTokenSource? following;
    private long typedAt;

    public string Id => context.ConnectionId;
    public HttpContext Request => request;
    public Id<Tenant> Organization => organization;
    public ClaimsPrincipal Person => context.User!;

    /// <summary>Prefixed id.</summary>
    public string User => user;

    public bool IsCustomer { get; } = PermissionClaims.EndUserOf(context.User!) is not null;

    /// <summary>The tickets it looks at.</summary>
    public ConcurrentDictionary<Guid, bool> Watched { get; } = new(concurrencyLevel: 1, capacity: 1);

    /// <summary>Ends the connection; its owner comes back with a credential that holds.</summary>
    public void End() => context.Abort();

    /// <summary>Ends what it followed before; the token ends with the connection.</summary>
    public CancellationToken FollowAnew()
    {
        var fresh = CancellationTokenSource.CreateLinkedTokenSource(context.ConnectionAborted);
        End(Interlocked.Exchange(ref following, fresh));
        return fresh.Token;
    }

    /// <summary>Whether typing may be told once more: once a second.</summary>
    public bool MayType(TimeProvider time)
    {
        var now = time.GetTimestamp();
        var last = Interlocked.Read(ref typedAt);
        return (last == 0 || time.GetElapsedTime(last, now) >= TimeSpan.FromSeconds(1)) && Interlocked.CompareExchange(ref typedAt, now, last) == last;
    }

    public void Dispose() => End(Interlocked.Exchange(ref following, null));

    private static void End(CancellationTokenSource? source)
    {
        source?.Cancel();
        source?.Dispose();
    }
}
