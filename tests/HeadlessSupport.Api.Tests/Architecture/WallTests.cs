using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using Mono.Cecil;
using static HeadlessSupport.Api.Tests.Architecture.Compiled;
using Entity = HeadlessSupport.Api.Platform.Data.Resource;

namespace HeadlessSupport.Api.Tests.Architecture;

/// <summary>The house's walls: which room may name which, read from the compiled program.</summary>
public sealed class WallTests
{
    // Besides Platform and the two root files. A room that is not here fails the test: it must be given its place.
    private static readonly Dictionary<string, string[]> May = new(StringComparer.Ordinal)
    {
        ["Organizations"] = [],
        ["Companies"] = [],
        ["Tags"] = [],
        ["Users"] = ["Organizations", "Companies", "Teams", "Access"],
        ["Teams"] = ["Organizations", "Companies", "Users", "Access"],
        // Inboxes: roles can be limited to some of them.
        ["Access"] = ["Organizations", "Companies", "Users", "Teams", "Inboxes"],
        // Access: a widget key has the form of all keys. Organizations: a key's prefix shows their mode.
        ["Inboxes"] = ["Users", "Teams", "Access", "Organizations"],
        // Lets customers in; what they asked as anonymous visitors becomes theirs. Apps: pages that browsers let in.
        ["EndUsers"] = ["Organizations", "Users", "Companies", "Access", "Inboxes", "Tickets", "Apps"],
        // Organizations: its settings say whether tags are made on use, and its limits what may be attached.
        ["Tickets"] = ["Users", "Companies", "Teams", "Inboxes", "Tags", "Organizations"],
        // Reads the desk rooms, and writes its own index only.
        ["Search"] = ["Users", "Companies", "Tags", "Tickets", "Organizations"],
        // They live from the event's row alone.
        ["Realtime"] = [],
        ["Webhooks"] = [],
        ["Apps"] = ["Access", "Organizations", "Users"],
        ["SignIn"] = ["Access", "Apps", "Companies", "Organizations", "Users"],
        // The demo plays all the others; nobody plays the demo.
        ["Demo"] = ["Access", "Apps", "SignIn", "Organizations", "Companies", "Users", "Teams", "Inboxes", "Tags", "Tickets"],
        ["Platform"] = [],
    };

    [Fact]
    public void No_room_reaches_where_it_may_not()
    {
        var wrong = new List<string>();
        foreach (var type in Types())
        {
            if (Room(type.FullName) is not { } room || room == "Migrations")
                continue;
            Assert.True(May.ContainsKey(room), $"The room {room} has no place in the walls.");
            wrong.AddRange(Named(type).Select(n => (Name: n, Other: Room(n)))
                .Where(n => n.Other is not null && n.Other != room && n.Other != "Platform" && !May[room].Contains(n.Other))
                .Select(n => $"{type.FullName} names {n.Name}"));
        }
        Assert.Empty(wrong.Distinct(StringComparer.Ordinal));
    }

    [Fact]
    public void Rooms_do_not_go_round_in_circles()
    {
        // Users, Teams, Inboxes and Access may name each other: together they are one place.
        string Place(string room) => room is "Users" or "Teams" or "Inboxes" or "Access" ? "People" : room;
        var edges = May.SelectMany(m => m.Value.Select(v => (From: Place(m.Key), To: Place(v)))).Where(e => e.From != e.To).Distinct().ToList();
        var left = edges.Select(e => e.From).Concat(edges.Select(e => e.To)).ToHashSet(StringComparer.Ordinal);
        while (left.FirstOrDefault(room => !edges.Exists(e => e.From == room && left.Contains(e.To))) is { } free)
            left.Remove(free);
        Assert.Empty(left);
    }

    [Fact]
    public void Only_listed_files_go_across_organizations()
    {
        string[] listed =
        [
            "HeadlessSupport.Api.Apps.AppInstallsController", // Apps of all publishers can be installed.
            "HeadlessSupport.Api.SignIn.AccessTokenBearer", // The token tells the organization.
            "HeadlessSupport.Api.SignIn.AppManager", // Who signs in names the app first.
            "HeadlessSupport.Api.SignIn.Authorization", // The same.
            "HeadlessSupport.Api.SignIn.Joining", // The link of an invitation tells the organization.
            "HeadlessSupport.Api.SignIn.Memberships", // Where a login belongs.
            "HeadlessSupport.Api.SignIn.SessionWatch", // The token tells the session, and that the organization.
            "HeadlessSupport.Api.SignIn.SignInPages", // How the app's publisher looks.
            "HeadlessSupport.Api.SignIn.SweepSignInJob", // Sweeps all.
            "HeadlessSupport.Api.SignIn.Tokens", // Where an app is installed.
            "HeadlessSupport.Api.Access.CredentialCache", // The key is what tells the organization.
            "HeadlessSupport.Api.Access.LastUseWriter", // Writes many organizations' last uses in one statement.
            "HeadlessSupport.Api.Access.Founding", // Slugs are unique over all organizations.
            "HeadlessSupport.Api.Access.OrganizationsController", // The operator's list.
            "HeadlessSupport.Api.Platform.Audit.SweepAuditJob", // Sweeps all.
            "HeadlessSupport.Api.EndUsers.EndUserBearer", // The token is what tells the organization.
            "HeadlessSupport.Api.EndUsers.WidgetEntrance", // The widget key is what tells the organization.
            "HeadlessSupport.Api.EndUsers.BrowserOrigins", // A preflight names none.
            "HeadlessSupport.Api.Platform.Data.Notices", // One connection hears what all organizations' nodes tell.
            "HeadlessSupport.Api.Platform.Events.EventFeed", // Asks which of those that are followed have new events.
            "HeadlessSupport.Api.Platform.Events.EventSequencer", // Numbers every organization's events.
            "HeadlessSupport.Api.Platform.Jobs.DropOldEventsJob", // As do these.
            "HeadlessSupport.Api.Platform.Jobs.MakeEventPartitionsJob", // Partitions hold all organizations.
            "HeadlessSupport.Api.Platform.Jobs.SweepIdempotencyJob", // Sweeps all.
            "HeadlessSupport.Api.Platform.Mail.MailQueue", // Takes what is due, of whichever organizations and of none.
            "HeadlessSupport.Api.Platform.PlatformSetup", // Registers it.
            "HeadlessSupport.Api.Platform.Tenancy.OrganizationClocks", // Before it is known in whose name a job runs.
            "HeadlessSupport.Api.Realtime.LivePresence", // Says for all organizations who is still there.
            "HeadlessSupport.Api.Search.Reindex", // The command is for all of them.
            "HeadlessSupport.Api.SignIn.Sso.DomainsController", // A domain is verified by one organization only.
            "HeadlessSupport.Api.SignIn.Sso.SsoClient", // Who signs in names the connection, before an organization is known.
            "HeadlessSupport.Api.SignIn.Sso.SsoProviders", // As who enters an address does.
            "HeadlessSupport.Api.Webhooks.SweepWebhooksJob", // Sweeps all.
            "HeadlessSupport.Api.Webhooks.WebhookClaims", // Takes what is due, of whichever organizations.
            "HeadlessSupport.Api.Webhooks.WebhookFanOut", // Asks which have new events; the work is done in the name of each.
            "HeadlessSupport.Api.Webhooks.WebhookResults", // Writes many organizations' results in one transaction.
            "HeadlessSupport.Api.Search.SearchIndexer", // Asks which have something new; the work is done in the name of each.
            "HeadlessSupport.Api.Tickets.SweepOrphanFilesJob", // The store holds the files of all; it only looks here.
        ];
        var users = Types().Where(t => Outermost(t) != typeof(SystemDb).FullName && Named(t).Contains(typeof(SystemDb).FullName!)).Select(Outermost).Distinct(StringComparer.Ordinal);
        Assert.Equal(listed.Order(StringComparer.Ordinal), users.Order(StringComparer.Ordinal));
        Assert.All(typeof(SystemDb).GetMethods().Where(m => m.DeclaringType == typeof(SystemDb)), m => Assert.EndsWith("AcrossOrganizationsAsync", m.Name, StringComparison.Ordinal));
    }

    [Fact]
    public void Only_the_mail_room_of_the_basement_speaks_to_mail_servers() => Assert.Empty(Types()
        .Where(t => !t.FullName.StartsWith("HeadlessSupport.Api.Platform.Mail.", StringComparison.Ordinal) && Named(t).Any(n => n.StartsWith("MailKit.", StringComparison.Ordinal) || n.StartsWith("MimeKit.", StringComparison.Ordinal)))
        .Select(t => t.FullName));

    [Fact]
    public void No_controller_answers_with_an_entity()
    {
        var entities = typeof(SupportDb).Assembly.GetTypes().Where(t => t.IsAssignableTo(typeof(Entity)) || t.IsAssignableTo(typeof(ITenantOwned))).ToHashSet();
        foreach (var action in typeof(SupportDb).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(ApiController)))
            .SelectMany(t => t.GetMethods().Where(m => m.DeclaringType == t && m.IsPublic)))
            Assert.DoesNotContain(Parts(action.ReturnType), entities.Contains);
    }

    [Fact]
    public void Rows_that_record_events_are_changed_only_as_entities()
    {
        // ExecuteUpdate and ExecuteDelete would change rows without an event, a version or a check.
        var calls = Types().SelectMany(t => t.Methods).Where(m => m.HasBody).SelectMany(m => m.Body.Instructions
            .Where(i => i.Operand is MethodReference { Name: "ExecuteUpdateAsync" or "ExecuteDeleteAsync" or "ExecuteUpdate" or "ExecuteDelete" }).Select(i => m.FullName));
        // Logins record no events, and a code is taken once also by two at the same moment.
        Assert.DoesNotContain(calls, c => !c.Contains("HeadlessSupport.Api.SignIn.Authenticators", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_job_is_on_the_list_of_the_system_and_takes_ids_only()
    {
        string[] system = ["DropOldEventsJob", "MakeEventPartitionsJob", "SweepAuditJob", "SweepIdempotencyJob", "SweepOrphanFilesJob", "SweepSignInJob", "SweepWebhooksJob"];
        // Queued by OrganizationJobs, in the name of one organization.
        string[] bound = ["ReplayWebhooksJob"];
        var jobs = typeof(SupportDb).Assembly.GetTypes().Where(t => t.Name.EndsWith("Job", StringComparison.Ordinal) && t.GetMethod("RunAsync") is not null).ToList();
        Assert.Equal([.. system.Concat(bound).Order(StringComparer.Ordinal)], jobs.Select(j => j.Name).Order(StringComparer.Ordinal));
        Assert.All(jobs, j => Assert.All(j.GetMethod("RunAsync")!.GetParameters(), p =>
            Assert.True(p.ParameterType == typeof(CancellationToken) || p.ParameterType == typeof(Guid), $"{j.Name} takes a {p.ParameterType.Name}.")));
    }

    [Fact]
    public void Every_error_has_a_page_and_every_page_an_error()
    {
        var codes = typeof(SupportDb).Assembly.GetTypes().SelectMany(t => t.GetFields(System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.NonPublic))
            .Where(f => f.FieldType == typeof(ErrorCode)).Select(f => ((ErrorCode)f.GetValue(null)!).Code).Order(StringComparer.Ordinal);
        var pages = Directory.GetFiles(Path.Combine(Repository.Root, "docs", "errors"), "*.md").Select(p => Path.GetFileNameWithoutExtension(p)).Where(p => p != "README").Order(StringComparer.Ordinal);
        Assert.Equal(codes, pages);
    }

    private static IEnumerable<Type> Parts(Type type) => type.IsGenericType ? type.GetGenericArguments().SelectMany(Parts).Append(type) : [type];
}
