using HeadlessSupport.Api.Platform;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.AspNetCore.SignalR;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using StackExchange.Redis;

namespace HeadlessSupport.Api.Realtime;

/// <summary>
/// Who looks at which ticket, on all nodes: rows that last as long as their node says so. What changes is told to
/// those who look at the same ticket.
/// </summary>
internal sealed partial class LivePresence(LiveConnections connections, IHubContext<LiveHub> hub, IServiceScopeFactory scopes, SystemDb system, ILogger<LivePresence> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(20);

    /// <summary>Who hears of a ticket; customers apart, so that nobody tells them what is the staff's.</summary>
    public static string GroupOf(Id<Tenant> organization, Guid ticket, bool customers) => $"{organization.Value:N}:{ticket:N}:{(customers ? "customers" : "staff")}";

    public Task<PresenceResponse> EnterAsync(LiveConnection connection, Guid ticket) => ChangeAsync(connection.Organization, ticket, $"""
        insert into presences (organization_id, ticket_id, connection, user_id, since, seen_until)
        values ({connection.Organization.Value}, {ticket}, {connection.Id}, {connection.User}, now(), now() + interval '60 seconds')
        on conflict (organization_id, ticket_id, connection) do update set seen_until = excluded.seen_until
        """);

    public Task<PresenceResponse> LeaveAsync(LiveConnection connection, Guid ticket) => ChangeAsync(connection.Organization, ticket, $"""
        delete from presences where organization_id = {connection.Organization.Value} and ticket_id = {ticket} and connection = {connection.Id}
        """);

    /// <summary>Somebody writes: told when they begin, and kept up while they go on.</summary>
    public async Task ReplyingAsync(LiveConnection connection, Guid ticket, DateTimeOffset until) => await ChangeAsync(connection.Organization, ticket, $"""
        update presences set replying_until = {until} where organization_id = {connection.Organization.Value} and ticket_id = {ticket} and connection = {connection.Id}
        """);

    public async Task LeaveAllAsync(LiveConnection connection)
    {
        foreach (var ticket in connection.Watched.Keys)
        {
            if (connection.IsCustomer)
                continue;
            try
            {
                await LeaveAsync(connection, ticket);
            }
            catch (Exception error) when (error is NpgsqlException or TimeoutException or InvalidOperationException)
            {
                // The row runs out by itself.
                Log.Failed(logger, error);
            }
        }
    }

    /// <summary>Says that this node's people are still there, and tells of those whose node says nothing any more.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var mine = connections.All.Where(c => !c.Watched.IsEmpty && !c.IsCustomer).Select(c => c.Id).ToArray();
        if (mine.Length > 0)
            await system.ExecuteAcrossOrganizationsAsync("update presences set seen_until = now() + interval '60 seconds' where connection = any ($1)", cancellationToken, new NpgsqlParameter { Value = mine });
        var gone = new List<(Guid Organization, Guid Ticket)>();
        await using (var connection = await system.OpenAcrossOrganizationsAsync(cancellationToken))
        await using (var command = new NpgsqlCommand("delete from presences where seen_until < now() returning organization_id, ticket_id", connection))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
                gone.Add((reader.GetGuid(0), reader.GetGuid(1)));
        }
        foreach (var (organization, ticket) in gone.Distinct())
            await ChangeAsync(new Id<Tenant>(organization), ticket, null);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Rounds.RunAsync(async stopping =>
    {
        await Task.Delay(Every, stopping);
        await RefreshAsync(stopping);
    }, error => Log.Failed(logger, error), stoppingToken);

    private async Task<PresenceResponse> ChangeAsync(Id<Tenant> organization, Guid ticket, FormattableString? change)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<TenantContext>().Enter(organization, Actor.System, TimeSpan.Zero);
        var db = scope.ServiceProvider.GetRequiredService<SupportDb>();
        if (change is not null)
            await db.Database.ExecuteSqlAsync(change);
        var there = await db.Database.SqlQuery<Viewer>($"""
            select user_id, min(since) as since, max(replying_until) as replying_until from presences
            where organization_id = {organization.Value} and ticket_id = {ticket} and seen_until >= now() group by user_id order by min(since), user_id limit 100
            """).ToListAsync();
        var presence = new PresenceResponse(TypeId.Format("tkt", ticket), there.ConvertAll(v => new ViewerResponse(v.UserId, v.Since, v.ReplyingUntil)));
        await TellAsync(GroupOf(organization, ticket, customers: false), "presence", presence);
        return presence;
    }

    /// <summary>Tells a group, on all nodes. Where Redis is away it is not told: the next change is.</summary>
    /// <param name="but">A connection that is not told.</param>
    public async Task TellAsync(string group, string what, object message, string? but = null)
    {
        try
        {
            await hub.Clients.GroupExcept(group, but is null ? [] : [but]).SendAsync(what, message);
        }
        catch (RedisException error)
        {
            Log.NotTold(logger, error);
        }
    }

    private sealed record Viewer(string UserId, DateTimeOffset Since, DateTimeOffset? ReplyingUntil);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Presence could not be kept; it runs out, or is tried again.")]
        public static partial void Failed(ILogger logger, Exception error);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Presence or typing could not be told to the other nodes.")]
        public static partial void NotTold(ILogger logger, Exception error);
    }
}
