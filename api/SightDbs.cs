using HeadlessSupport.Api.Inboxes;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Teams;
using HeadlessSupport.Api.Tickets;
using HeadlessSupport.Api.Users;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api;

/// <summary>The data as staff see it whose role is limited to tickets of some teams and inboxes. Filters of their own model, so that all others pay nothing for them.</summary>
internal sealed class LimitedDb(DbContextOptions<LimitedDb> options) : SupportDb(options)
{
    internal List<Id<Team>> MyTeams => [.. Tenant!.Sight.Teams.Select(t => new Id<Team>(t))];
    internal List<Id<Inbox>> MyInboxes => [.. Tenant!.Sight.Inboxes.Select(i => new Id<Inbox>(i))];
    internal Id<User> Me => new(Tenant!.ActingUser ?? Guid.Empty);
    internal Guid? MyId => Tenant!.ActingUser;

    internal override bool Fits(Sight sight) => sight.EndUser is null && sight.IsLimited;

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        TicketSight.Limit(modelBuilder, this);
    }
}

/// <summary>The data as an end user sees it: their own tickets, and of these what is public.</summary>
internal sealed class CustomersDb(DbContextOptions<CustomersDb> options) : SupportDb(options)
{
    internal Id<User> Me => new(MyId);
    internal Guid MyId => Tenant!.Sight.EndUser ?? Guid.Empty;

    internal override bool Fits(Sight sight) => sight.EndUser is not null;

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        TicketSight.LimitToOwn(modelBuilder, this);
    }
}
