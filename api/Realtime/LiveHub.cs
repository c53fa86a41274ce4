using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Events;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.AspNetCore.SignalR;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.Realtime;

/// <summary>
/// The live connection, <c>/live</c>. A client calls <c>follow</c>, <c>watch</c>, <c>unwatch</c> and <c>typing</c>, and
/// hears <c>event</c>, <c>presence</c> and <c>typing</c>.
/// </summary>
[Requires("events.read"), ForCustomers]
internal sealed class LiveHub(LiveConnections connections, LivePresence presence, SupportDb db, TenantContext tenant, TimeProvider time) : Hub
{
    public const string Path = "/live";
    private const int MostWatched = 20;
    private static readonly TimeSpan TypingHolds = TimeSpan.FromSeconds(6);

    public override async Task OnConnectedAsync()
    {
        var request = Context.GetHttpContext()!;
        var caller = request.RequestServices.GetRequiredService<TenantContext>();
        if (caller.OrganizationId is not { } organization || caller.ActingUser is not { } user)
        {
            Context.Abort();
            return;
        }
        connections.Add(new LiveConnection(Context, request, organization, TypeId.Format("usr", user)));
        await base.OnConnectedAsync();
    }

    public override async Task OnDisconnectedAsync(Exception? exception)
    {
        if (connections.Remove(Context.ConnectionId) is not { } connection)
            return;
        await presence.LeaveAllAsync(connection);
        connection.Dispose();
    }

    /// <summary>Begins to hear events: those after a sequence, or what happens from now on. Called again it begins anew.</summary>
    public async Task<LiveStart> Follow(long? after)
    {
        if (after < 0)
            throw new HubException("validation_failed: after must be a sequence, 0 or more.");
        return await connections.FollowAsync(Me(), after);
    }

    /// <summary>Says that its user looks at a ticket, and answers who else does. Staff only; a customer watches to hear typing.</summary>
    public async Task<PresenceResponse> Watch(string ticketId)
    {
        var me = Me();
        var ticket = await FindAsync(me, ticketId);
        if (me.Watched.Count >= MostWatched && !me.Watched.ContainsKey(ticket))
            throw new HubException($"conflict: A connection watches at most {MostWatched} tickets; unwatch one.");
        me.Watched[ticket] = true;
        await Groups.AddToGroupAsync(Context.ConnectionId, LivePresence.GroupOf(me.Organization, ticket, me.IsCustomer), Context.ConnectionAborted);
        if (me.IsCustomer)
            return new(ticketId, []);
        return await presence.EnterAsync(me, ticket);
    }

    /// <summary>Says that its user looks at it no longer.</summary>
    public async Task Unwatch(string ticketId)
    {
        var me = Me();
        var ticket = Ticket(ticketId);
        if (!me.Watched.TryRemove(ticket, out _))
            return;
        await Groups.RemoveFromGroupAsync(Context.ConnectionId, LivePresence.GroupOf(me.Organization, ticket, me.IsCustomer), Context.ConnectionAborted);
        if (!me.IsCustomer)
            await presence.LeaveAsync(me, ticket);
    }

    /// <summary>Says that its user types on a watched ticket; to be said again every few seconds while they do.</summary>
    public async Task Typing(string ticketId, bool note)
    {
        var me = Me();
        var ticket = Ticket(ticketId);
        if (!me.Watched.ContainsKey(ticket))
            throw new HubException("conflict: Watch the ticket first.");
        if (!me.MayType(time))
            return;
        var until = time.GetUtcNow().ToMicroseconds() + TypingHolds;
        var kind = me.IsCustomer ? "customer" : "agent";
        await presence.TellAsync(LivePresence.GroupOf(me.Organization, ticket, customers: false), "typing", new TypingResponse(ticketId, kind, me.User, note && !me.IsCustomer, until), but: me.Id);
        if (!me.IsCustomer && !note)
            await presence.TellAsync(LivePresence.GroupOf(me.Organization, ticket, customers: true), "typing", new TypingResponse(ticketId, kind, null, false, until));
        if (!me.IsCustomer)
            await presence.ReplyingAsync(me, ticket, until);
    }

    private LiveConnection Me() => connections.Find(Context.ConnectionId) ?? throw new HubException("unauthenticated: The connection has ended.");

    private static Guid Ticket(string id) => TypeId.TryParse(id, "tkt", out var ticket) ? ticket : throw new HubException("not_found: There is no such ticket.");

    // Whoever may read an event of it may know that it is there.
    private async Task<Guid> FindAsync(LiveConnection me, string ticketId)
    {
        var ticket = Ticket(ticketId);
        tenant.Enter(me.Organization, Actor.System, TimeSpan.Zero);
        var isSeen = await EventView.Of(me.Person).Among(db.Events.AsNoTracking().Where(e => e.TicketId == ticket && e.Sequence != null)).AnyAsync(Context.ConnectionAborted);
        return isSeen ? ticket : throw new HubException("not_found: There is no such ticket.");
    }
}
