using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Mail;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Tags;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace HeadlessSupport.Api.Tests.Platform.Mail;

/// <summary>From SupportDb, as the app's login, in an organization's name.</summary>
public sealed class MailOutboxTests
{
    [Fact]
    public async Task A_mail_goes_out_if_what_it_tells_of_is_committed_and_not_if_it_is_not()
    {
        var org = await World.NewOrganizationAsync();
        await using var scope = org.World.Enter(org.Id);
        var (db, outbox) = (scope.ServiceProvider.GetRequiredService<SupportDb>(), scope.ServiceProvider.GetRequiredService<MailOutbox>());
        var tenant = scope.ServiceProvider.GetRequiredService<TenantContext>();
        var (lost, sent) = ($"lost@{org.Slug}.test", $"sent@{org.Slug}.test");
        await using (var transaction = await db.Database.BeginTransactionAsync())
        {
            outbox.Add(db, OutgoingMail.Of("invitation", tenant.Required, new(lost), new(new("Acme"), "Join us", ["Now."])));
            await db.SaveChangesAsync();
        }
        db.ChangeTracker.Clear();
        db.Add(new Tag(tenant.Required, new("with-mail", null), tenant.Now));
        outbox.Add(db, OutgoingMail.Of("invitation", tenant.Required, new(sent), new(new("Acme"), "Join us", ["Now."])));
        await db.SaveChangesAsync();

        var mail = Assert.Single(await org.World.ToAsync(sent));
        Assert.Equal("Join us", mail.Subject);
        Assert.Equal("no-reply@localhost", mail.From.Mailboxes.Single().Address);
        Assert.True(await db.Tags.AnyAsync(t => t.Name == "with-mail"));
        // It was added before the other, which has come.
        Assert.DoesNotContain(Directory.GetFiles(Path.Combine(org.World.DataDirectory, "mail"), "*.eml"), f => File.ReadAllText(f).Contains(lost, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_app_adds_mails_of_its_own_organization_and_can_do_nothing_else_to_any()
    {
        var (mine, theirs) = (await World.NewOrganizationAsync(), await World.NewOrganizationAsync());
        await using var connection = new NpgsqlConnection(mine.World.AppConnectionString);
        await connection.OpenAsync();
        foreach (var statement in (string[])
        [
            "select count(*) from outgoing_mails", "delete from outgoing_mails", "update outgoing_mails set sent_at = null",
            Insert($"'{Uuid(theirs)}'"), Insert("null"),
        ])
        {
            await using var command = new NpgsqlCommand($"select set_config('app.organization_id', '{Uuid(mine)}', true); {statement}", connection);
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync())).SqlState);
        }
    }

    [Fact]
    public async Task Production_shows_no_mail()
    {
        var world = await World.GetAsync();
        (await world.Anonymous.GetAsync("/dev/mail")).MustBe(404);
        (await world.Anonymous.GetAsync("/dev/mail/x.eml")).MustBe(404);
    }

    private static string Insert(string organization) =>
        $"insert into outgoing_mails (id, organization_id, kind, content, created_at, next_attempt_at, attempts) values (gen_random_uuid(), {organization}, 'x', '', now(), 'infinity', 0)";

    private static Guid Uuid(Org org) => Id<Tenant>.Parse(org.Id, null).Value;
}
