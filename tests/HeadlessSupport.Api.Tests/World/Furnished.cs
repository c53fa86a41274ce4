using HeadlessSupport.Api.Access;
using HeadlessSupport.Api.Apps;
using HeadlessSupport.Api.Companies;
using HeadlessSupport.Api.Inboxes;
using HeadlessSupport.Api.Platform.Audit;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.SignIn;
using HeadlessSupport.Api.SignIn.Sso;
using HeadlessSupport.Api.Tags;
using HeadlessSupport.Api.Teams;
using HeadlessSupport.Api.Tickets;
using HeadlessSupport.Api.Users;
using HeadlessSupport.Api.Webhooks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Tenants = HeadlessSupport.Api.Platform.Data.Id<HeadlessSupport.Api.Platform.Tenancy.Tenant>;

namespace HeadlessSupport.Api.Tests;

/// <summary>An organization that has one of everything, so that every route finds something in it.</summary>
internal sealed class Furnished
{
    public const string ExternalId = "ext-1";
    public const string TagName = "billing";
    private readonly Dictionary<Type, string> ids = [];

    private Furnished(Org org) => Org = org;

    public Org Org { get; }
    public Api Api => Org.Api;

    /// <summary>A second ticket, for links.</summary>
    public string OtherTicket { get; private set; } = null!;

    /// <summary>A file that no comment has yet.</summary>
    public string FreeAttachment { get; private set; } = null!;

    /// <summary>An app that is not installed yet.</summary>
    public string OtherApp { get; private set; } = null!;

    private string Token { get; set; } = null!;

    /// <summary>The public text of its widget key, and the secret to sign with.</summary>
    public string WidgetKeyText { get; private set; } = null!;
    public string WidgetSecret { get; private set; } = null!;

    /// <summary>A chat inbox, to which the widget key belongs.</summary>
    public string ChatInbox { get; private set; } = null!;

    /// <summary>An anonymous visitor of its pages.</summary>
    public string Visitor { get; private set; } = null!;

    /// <summary>The id of what it has of this kind.</summary>
    public string Id<T>() => ids[typeof(T)];

    /// <summary>What stands for a path parameter.</summary>
    public string ValueOf(string name, Type type) => name switch
    {
        "external_id" => ExternalId,
        "name" => TagName,
        "token" => Token,
        "key" => WidgetKeyText,
        _ when type.IsGenericType && ids.TryGetValue(type.GetGenericArguments()[0], out var id) => id,
        _ => throw new InvalidOperationException($"A furnished organization has nothing for {{{name}}} ({type}). Add one, so that the tests of all routes reach the new route."),
    };

    public static async Task<Furnished> NewAsync()
    {
        var org = await World.NewOrganizationAsync();
        var made = new Furnished(org) { ids = { [typeof(Tenant)] = org.Id } };
        await made.AddAsync<Company>("companies", new { name = "Initech", external_id = ExternalId });
        await made.AddAsync<User>("users", new { email = "agent@acme.test", name = "Agnes", role = "agent", external_id = ExternalId });
        await made.AddAsync<Team>("teams", new { name = "Support" });
        (await org.Api.PutAsync($"teams/{made.Id<Team>()}/members/{made.Id<User>()}", new { })).MustBe(200);
        await made.AddAsync<Inbox>("inboxes", new { name = "Web", channel = "chat" });
        await made.AddAsync<Tag>("tags", new { name = TagName });
        await made.AddAsync<Role>("roles", new { name = "Reader", permissions = new[] { "tickets.read" } });
        await made.AddAsync<SsoConnection>("sso-connections", new { name = "Acme ID", issuer = "http://127.0.0.1:9", client_id = "support", client_secret = "secret" });
        await made.AddDomainAsync();
        await made.AddAsync<ApiKey>("api-keys", new { name = "Another", scopes = new[] { "tickets.read" } });
        var file = (await org.Api.UploadAsync("Hello."u8.ToArray(), "hello.txt")).MustBe(201);
        made.ids[typeof(Attachment)] = file.Text("id");
        made.Token = new Uri(file.Text("download_url")).Segments[^1];
        made.FreeAttachment = (await org.Api.UploadAsync("Bye."u8.ToArray(), "bye.txt")).MustBe(201).Text("id");
        await made.AddWidgetKeyAsync();
        await made.AddWebhookAsync();
        await made.AddTicketAsync();
        await made.FindDeliveryAsync();
        await made.AddSignInAsync();
        made.ids[typeof(AuditEntry)] = (await org.Api.GetAsync("audit-log?limit=1")).Ids().Single();
        return made;
    }

    /// <summary>How many rows the organization has, table by table; counters are left out, since numbers may have gaps.</summary>
    public async Task<string> RowsAsync()
    {
        await using var connection = new NpgsqlConnection(Org.World.AppConnectionString);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var enter = new NpgsqlCommand("select set_config('app.organization_id', $1, true)", connection, transaction))
        {
            enter.Parameters.AddWithValue(Tenants.Parse(Org.Id, null).Value.ToString());
            await enter.ExecuteNonQueryAsync();
        }
        string[] tables = ["api_keys", "app_installs", "attachments", "audit_entries", "comments", "companies", "events", "followers", "inboxes", "invitations", "oauth_apps", "organizations", "roles", "sessions", "sso_connections", "tags", "team_members", "teams", "ticket_links", "ticket_tags", "tickets", "users", "verified_domains", "webhook_deliveries", "webhook_endpoints", "webhook_replays", "webhook_secrets", "widget_keys"];
        await using var count = new NpgsqlCommand($"select concat_ws(', ', {string.Join(", ", tables.Select(t => $"'{t} ' || (select count(*) from {t})"))})", connection, transaction);
        return (string)(await count.ExecuteScalarAsync())!;
    }

    private async Task AddSignInAsync()
    {
        await AddAsync<Invitation>("invitations", new { user_id = Id<User>() });
        await AddAsync<OAuthApp>("apps", new { name = "Desk", scopes = new[] { "tickets.read" }, redirect_uris = new[] { "https://app.example/callback" } });
        OtherApp = (await Api.PostAsync("apps", new { name = "Till", scopes = new[] { "tickets.read" } })).MustBe(201).Text("id");
        await AddAsync<AppInstall>("app-installs", new { app_id = Id<OAuthApp>(), scopes = new[] { "tickets.read" } });
        // Without the detour of a browser, which other tests make.
        await using var scope = Org.World.Enter(Org.Id);
        var db = scope.ServiceProvider.GetRequiredService<SupportDb>();
        var (now, app, user) = (TimeProvider.System.GetUtcNow(), HeadlessSupport.Api.Platform.Data.Id<OAuthApp>.Parse(Id<OAuthApp>(), null), HeadlessSupport.Api.Platform.Data.Id<User>.Parse(Id<User>(), null));
        var session = new Session(Tenants.Parse(Org.Id, null), user, new SignedIn(Guid.CreateVersion7(), Guid.CreateVersion7(), false, now), await db.OAuthApps.SingleAsync(a => a.Id == app), "none", null, null, TimeSpan.FromDays(1), now, now);
        db.Add(session);
        await db.SaveChangesAsync();
        ids[typeof(Session)] = session.Id.ToString();
    }

    private async Task AddTicketAsync()
    {
        await AddAsync<Ticket>("tickets", new
        {
            subject = "The printer burns",
            requester = new { email = "bob@customer.test", name = "Bob" },
            tags = new[] { TagName },
        });
        OtherTicket = (await Org.TicketAsync(new { subject = "Another one" })).Id();
        var ticket = $"tickets/{Id<Ticket>()}";
        await AddAsync<Comment>($"{ticket}/comments", new { body = "It *burns*.", attachment_ids = new[] { Id<Attachment>() } });
        await AddAsync<TicketLink>($"{ticket}/links", new { kind = "external", url = "https://tracker.test/1" });
        (await Api.PutAsync($"{ticket}/followers/{Id<User>()}")).MustBe(200);
    }

    private async Task AddWidgetKeyAsync()
    {
        ChatInbox = ids[typeof(Inbox)];
        var key = (await Api.PostAsync($"inboxes/{ChatInbox}/widget-keys", new { name = "Shop", allowed_origins = new[] { "https://shop.example" } })).MustBe(201);
        (ids[typeof(WidgetKey)], WidgetKeyText, WidgetSecret) = (key.Text("id"), key.Text("key"), key.Text("secret"));
        Visitor = (await Org.World.Anonymous.PostAsync($"widget/{WidgetKeyText}/tokens", new { })).MustBe(201).Text("visitor");
    }

    private async Task AddWebhookAsync()
    {
        await AddAsync<WebhookEndpoint>("webhook-endpoints", new { url = "http://127.0.0.1:9/", event_types = new[] { "ticket.created" }, enabled = true });
        var range = new { from = "2026-01-01T00:00:00Z", to = "2026-01-02T00:00:00Z" };
        ids[typeof(WebhookReplay)] = (await Api.PostAsync($"webhook-endpoints/{Id<WebhookEndpoint>()}/replay", range)).MustBe(202).Text("id");
    }

    private async Task AddDomainAsync()
    {
        var domain = (await Api.PostAsync("domains", new { domain = $"f{Guid.CreateVersion7():N}.test" })).MustBe(201);
        ids[typeof(VerifiedDomain)] = domain.Text("id");
        Org.World.Dns.Say(domain.Text("record_name"), domain.Text("record_value"));
    }

    private async Task FindDeliveryAsync()
    {
        var found = await Try.UntilAsync(async () => (await Api.GetAsync($"webhook-endpoints/{Id<WebhookEndpoint>()}/deliveries")).Ids() is { Count: >= 2 } made ? made : null);
        ids[typeof(WebhookDelivery)] = found[^1];
    }

    private async Task AddAsync<T>(string path, object body) => ids[typeof(T)] = (await Api.PostAsync(path, body)).MustBe(201).Text("id");
}
