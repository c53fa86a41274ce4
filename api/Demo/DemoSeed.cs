using System.Globalization;
using System.Text;
using HeadlessSupport.Api.Access;
using HeadlessSupport.Api.Companies;
using HeadlessSupport.Api.Inboxes;
using HeadlessSupport.Api.Organizations;
using HeadlessSupport.Api.Platform;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Storage;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Tags;
using HeadlessSupport.Api.Teams;
using HeadlessSupport.Api.Tickets;
using HeadlessSupport.Api.Users;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.Demo;

/// <summary>
/// Fills a first start with two test organizations. Killed at any point, the next start goes on: the secrets are
/// written down before the keys exist, and everything is found by its external id before it is made.
/// </summary>
internal sealed class DemoSeed(PlatformSettings settings, IConfiguration configuration, TimeProvider time, IFileStore files, SecretBox box, IServiceScopeFactory scopes)
{
    private string FinalPath => Path.Combine(settings.DataDirectory, DemoFile.Name);

    // The same content before all of it is true.
    private string PlanPath => Path.Combine(settings.DataDirectory, "demo.plan.json");

    public async Task<DemoFile> RunAsync(CancellationToken cancellationToken)
    {
        var operatorKey = configuration["Operator:Key"]!;
        if (DemoFile.Read(FinalPath) is { } done)
        {
            // The port may be another one this time, and an earlier release knew no widget keys.
            var current = done with { Url = settings.PublicUrl, OperatorKey = operatorKey, Organizations = [.. done.Organizations.Select(o => o.WithWidgetKey())] };
            if (current.Url != done.Url || current.OperatorKey != done.OperatorKey || done.Organizations.Any(o => o.WidgetKey is null))
                current.Write(FinalPath);
            foreach (var organization in current.Organizations)
                await WidgetAsync(Id<Tenant>.Parse(organization.Id, null), organization, cancellationToken);
            return current;
        }
        var plan = DemoFile.Read(PlanPath) ?? NewPlan(operatorKey);
        plan = plan with { Organizations = [.. plan.Organizations.Select(o => o.WithWidgetKey())] };
        plan.Write(PlanPath);
        var organizations = new List<DemoOrganization>();
        for (var i = 0; i < plan.Organizations.Count; i++)
            organizations.Add(await SeedAsync(plan.Organizations[i], DemoStories.All[i], cancellationToken));
        var file = new DemoFile(settings.PublicUrl, operatorKey, organizations);
        file.Write(FinalPath);
        File.Delete(PlanPath);
        return file;
    }

    private DemoFile NewPlan(string operatorKey) => new(settings.PublicUrl, operatorKey,
        [.. DemoStories.All.Select(s => new DemoOrganization(s.Slug, "", ApiKey.NewSecret(OrganizationMode.Test), ApiKey.NewSecret(OrganizationMode.Test), []).WithWidgetKey())]);

    private async Task<DemoOrganization> SeedAsync(DemoOrganization plan, DemoStory story, CancellationToken cancellationToken)
    {
        var id = await FoundAsync(plan, story, cancellationToken);
        var cast = await CastAsync(id, story, cancellationToken);
        await WidgetAsync(id, plan, cancellationToken);
        var start = time.GetUtcNow().AddDays(-14);
        for (var i = 0; i < story.Scenes.Count; i++)
        {
            if (i % 10 == 0)
                Console.Error.WriteLine($"Seeding {story.Name}: ticket {i + 1} of {story.Scenes.Count}");
            await TellAsync(id, story, cast, i, start, cancellationToken);
        }
        return plan with { Id = id.ToString(), Users = [.. story.Staff.Select(s => new DemoUser(s.Email, s.Role))] };
    }

    private async Task<Id<Tenant>> FoundAsync(DemoOrganization plan, DemoStory story, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var founding = scope.ServiceProvider.GetRequiredService<Founding>();
        if (await founding.FindAsync(story.Slug, cancellationToken) is { } found)
            return found;
        var admin = story.Staff[0];
        var (organization, _, _) = await founding.FoundAsync(new(story.Slug, story.Name, OrganizationMode.Test, null, null, new(admin.Email, admin.Name),
            [("Demo", plan.ApiKey, Vocabulary.All), ("Demo, reading only", plan.ReadOnlyApiKey, Vocabulary.ReadOnly)]), cancellationToken);
        return organization.Id;
    }

    // Staff, companies, customers, a team, an inbox and tags: all or nothing, so that a second look finds all.
    private async Task<Cast> CastAsync(Id<Tenant> organization, DemoStory story, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var (db, tenant) = Enter(scope, organization, time.GetUtcNow().AddDays(-14));
        if (!await db.Inboxes.AnyAsync(cancellationToken))
        {
            var now = tenant.Now;
            var team = new Team(organization, new(story.Team, "Answers first", "demo-team"), now);
            db.AddRange(team, new Inbox(organization, Channel.Api, new(story.Inbox, team.Id, "demo-inbox"), now));
            foreach (var (email, name, role) in story.Staff.Skip(1))
            {
                var user = new User(organization, new(name, email, role), now);
                var member = new TeamMember(team, user.Id, now);
                db.AddRange(user, member);
                team.MemberSet(null, member, now);
            }
            var companies = story.Companies.Select(c => new Company(organization, new(c.Name, [c.Domain], c.Tier, "demo-" + c.Domain), now)).ToList();
            db.AddRange(companies);
            db.AddRange(story.Customers.Select((c, i) => new User(organization, new(c.Name, c.Email, Roles.Customer, "en", null, companies[i % companies.Count].Id, $"demo-{i + 1}"), now)));
            db.AddRange(story.Tags.Select(t => new Tag(organization, new(t.Name, t.Description, t.Color), now)));
            await db.SaveChangesAsync(cancellationToken);
        }
        var staff = await db.Users.AsNoTracking().Where(u => u.Role != Roles.Customer && !u.IsMachine).OrderBy(u => u.Id).Select(u => u.Id).ToListAsync(cancellationToken);
        var customers = await db.Users.AsNoTracking().Where(u => u.Role == Roles.Customer).OrderBy(u => u.ExternalId).Select(u => u.Id).ToListAsync(cancellationToken);
        return new(staff, customers, await db.Inboxes.Where(i => i.Channel == Channel.Api).Select(i => i.Id).FirstAsync(cancellationToken));
    }

    // A chat inbox with a key for our own pages, and for those that a developer serves from their machine.
    private async Task WidgetAsync(Id<Tenant> organization, DemoOrganization plan, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var (db, tenant) = Enter(scope, organization, time.GetUtcNow());
        if (await db.WidgetKeys.AnyAsync(k => k.Text == plan.WidgetKey, cancellationToken))
            return;
        var inbox = await db.Inboxes.SingleOrDefaultAsync(i => i.ExternalId == "demo-chat" && i.DeletedAt == null, cancellationToken);
        if (inbox is null)
            db.Add(inbox = new Inbox(organization, Channel.Chat, new("Chat", await db.Teams.Where(t => t.ExternalId == "demo-team").Select(t => (Id<Team>?)t.Id).FirstOrDefaultAsync(cancellationToken), "demo-chat"), tenant.Now));
        string[] pages = [settings.PublicUrl, "http://localhost:*", "http://127.0.0.1:*"];
        db.Add(new WidgetKey(inbox, plan.WidgetKey!, plan.WidgetSecret!, new("Demo", [.. pages.Where(p => Origins.TryNormalize(p, out _))]), box, tenant.Now));
        await db.SaveChangesAsync(cancellationToken);
    }

    // One ticket with its conversation, in one transaction: it is there whole, or the next start tells it.
    private async Task TellAsync(Id<Tenant> organization, DemoStory story, Cast cast, int number, DateTimeOffset start, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var at = start.AddHours(number * 13.9 * 24 / story.Scenes.Count);
        var (db, tenant) = Enter(scope, organization, at);
        var externalId = $"demo-{number + 1}";
        if (await db.Tickets.AnyAsync(t => t.ExternalId == externalId, cancellationToken))
            return;
        var desk = scope.ServiceProvider.GetRequiredService<Desk>();
        var scene = story.Scenes[number];
        var customer = cast.Customers[number * 7 % cast.Customers.Count];
        var agent = cast.Staff[1 + (number % (cast.Staff.Count - 1))];
        var order = (20417 + (number * 37)).ToString(CultureInfo.InvariantCulture);

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var ticketNumber = await desk.NumbersAsync(1, cancellationToken);
        var opening = await WordsAsync(scope, scene.Lines[0], order, customer, agent, cancellationToken);
        var ticket = await desk.OpenAsync(new(Fill(scene.Subject, order), new(customer), opening, scene.Priority, scene.Type, InboxId: cast.Inbox, Tags: [.. scene.Tags], ExternalId: externalId,
            Metadata: new(StringComparer.Ordinal) { ["order"] = order }), ticketNumber[0], customer, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        foreach (var line in scene.Lines.Skip(1))
        {
            at = at.AddMinutes(17 + (number * 11 % 50));
            tenant.Enter(organization, Actor.System, Offset(at));
            if (line.By == Speaker.Agent && ticket.AssigneeId is null)
                ticket.Assign(agent, ticket.TeamId, tenant.Now);
            await desk.WriteAsync(ticket, await WordsAsync(scope, line, order, customer, agent, cancellationToken), agent, "", cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
        }
        if (scene.End != ticket.Status)
        {
            tenant.Enter(organization, Actor.System, Offset(at.AddMinutes(5)));
            ticket.Move(scene.End, tenant.Now);
            await db.SaveChangesAsync(cancellationToken);
        }
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task<CreateCommentRequest> WordsAsync(AsyncServiceScope scope, Line line, string order, Id<User> customer, Id<User> agent, CancellationToken cancellationToken) => new(
        Fill(line.Text, order),
        Visibility: line.By == Speaker.Note ? CommentVisibility.Internal : CommentVisibility.Public,
        Author: new(line.By == Speaker.Customer ? customer : agent),
        AttachmentIds: line.File is null ? null : [await ShelveAsync(scope, line.File, order, cancellationToken)]);

    // The key is the same each time, so that a second telling replaces what a killed first one stored.
    private async Task<Id<Attachment>> ShelveAsync(AsyncServiceScope scope, SentFile file, string order, CancellationToken cancellationToken)
    {
        var organization = scope.ServiceProvider.GetRequiredService<TenantContext>().Required;
        var name = Fill(file.Name, order);
        var content = Encoding.UTF8.GetBytes(Fill(file.Text, order));
        var type = FileTypes.Sniff(content.AsSpan(0, Math.Min(content.Length, FileTypes.HeadBytes)), name).ContentType
            ?? throw new InvalidOperationException($"The demo's file {name} may not be attached.");
        using var stream = new MemoryStream(content);
        var stored = await files.WriteAsync($"{organization.Value:N}/demo-{order}", stream, content.Length, cancellationToken);
        return (await scope.ServiceProvider.GetRequiredService<Shelf>().PutAsync(name, type, stored, cancellationToken)).Id;
    }

    private static string Fill(string text, string order) => text.Replace("{order}", order, StringComparison.Ordinal);

    private (SupportDb Db, TenantContext Tenant) Enter(AsyncServiceScope scope, Id<Tenant> organization, DateTimeOffset at)
    {
        var tenant = scope.ServiceProvider.GetRequiredService<TenantContext>();
        tenant.Enter(organization, Actor.System, Offset(at));
        return (scope.ServiceProvider.GetRequiredService<SupportDb>(), tenant);
    }

    private TimeSpan Offset(DateTimeOffset at) => at - time.GetUtcNow();

    private sealed record Cast(IReadOnlyList<Id<User>> Staff, IReadOnlyList<Id<User>> Customers, Id<Inbox> Inbox);
}
