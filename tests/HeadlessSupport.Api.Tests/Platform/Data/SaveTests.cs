using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Tags;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace HeadlessSupport.Api.Tests.Platform.Data;

/// <summary>A stale write never passes in silence, though every command carries the tenant.</summary>
public sealed class SaveTests
{
    [Fact]
    public async Task A_stale_update_throws() => await StaleAsync((tag, now) => tag.Update(new("renamed"), now), inTransaction: false);

    [Fact]
    public async Task A_stale_update_in_a_transaction_throws() => await StaleAsync((tag, now) => tag.Update(new("renamed"), now), inTransaction: true);

    [Fact]
    public async Task A_stale_delete_throws()
    {
        var (org, id) = await TagAsync();
        await using var scope = org.World.Enter(org.Id);
        var db = scope.ServiceProvider.GetRequiredService<SupportDb>();
        var tag = await db.Tags.SingleAsync(t => t.Id == id);
        (await org.Api.PatchAsync($"tags/{id}", new { name = "faster" })).MustBe(200);
        db.Remove(tag);
        await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => db.SaveChangesAsync());
    }

    [Fact]
    public async Task Two_organizations_in_one_transaction_are_each_written_under_their_own()
    {
        var (first, second) = (await World.NewOrganizationAsync(), await World.NewOrganizationAsync());
        await using var scope = first.World.Enter(first.Id);
        var db = scope.ServiceProvider.GetRequiredService<SupportDb>();
        var tenant = scope.ServiceProvider.GetRequiredService<TenantContext>();
        await using var transaction = await db.Database.BeginTransactionAsync();
        foreach (var org in (Org[])[first, second])
        {
            tenant.Enter(Id<Tenant>.Parse(org.Id, null), Actor.System, TimeSpan.Zero);
            db.Add(new Tag(tenant.Required, new("of " + org.Slug), tenant.Now));
            await db.SaveChangesAsync();
        }
        await transaction.CommitAsync();
        foreach (var org in (Org[])[first, second])
            Assert.Equal(["of " + org.Slug], (await org.Api.GetAsync("tags")).Items().Select(t => t.Text("name")));
    }

    [Fact]
    public async Task Without_an_organization_nothing_is_seen_and_nothing_can_be_saved()
    {
        var org = await World.NewOrganizationAsync();
        await org.TicketAsync();
        await using var scope = org.World.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<SupportDb>();
        Assert.Empty(await db.Tickets.ToListAsync());
        Assert.Equal(0, await db.Events.CountAsync());
        db.Add(new Tag(Id<Tenant>.Parse(org.Id, null), new("smuggled"), DateTimeOffset.UtcNow));
        await Assert.ThrowsAsync<DbUpdateException>(() => db.SaveChangesAsync());
    }

    private static async Task StaleAsync(Action<Tag, DateTimeOffset> change, bool inTransaction)
    {
        var (org, id) = await TagAsync();
        await using var scope = org.World.Enter(org.Id);
        var db = scope.ServiceProvider.GetRequiredService<SupportDb>();
        await using var transaction = inTransaction ? await db.Database.BeginTransactionAsync() : null;
        var tag = await db.Tags.SingleAsync(t => t.Id == id);
        (await org.Api.PatchAsync($"tags/{id}", new { name = "faster" })).MustBe(200);
        change(tag, DateTimeOffset.UtcNow);
        await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => db.SaveChangesAsync());
    }

    private static async Task<(Org Org, Id<Tag> Id)> TagAsync()
    {
        var org = await World.NewOrganizationAsync();
        return (org, Id<Tag>.Parse((await org.Api.PostAsync("tags", new { name = "slow" })).MustBe(201).Text("id"), null));
    }
}
