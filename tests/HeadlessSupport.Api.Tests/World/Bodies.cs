using HeadlessSupport.Api.Access;
using HeadlessSupport.Api.Apps;
using HeadlessSupport.Api.Companies;
using HeadlessSupport.Api.Inboxes;
using HeadlessSupport.Api.Teams;
using HeadlessSupport.Api.Tickets;
using HeadlessSupport.Api.Users;

namespace HeadlessSupport.Api.Tests;

/// <summary>For every route that takes JSON a body that it accepts, with every member it knows.</summary>
internal static class Bodies
{
    private static readonly Dictionary<string, Func<Furnished, object>> All = new(StringComparer.Ordinal)
    {
        ["ApiKeys_Create"] = o => new { name = "Robot", scopes = new[] { "tickets.read" }, user_id = o.Id<User>(), expires_at = "2099-01-01T00:00:00Z", allowed_networks = new[] { "127.0.0.0/8" } },
        ["AppInstalls_Create"] = o => new { app_id = o.OtherApp, scopes = new[] { "tickets.read" } },
        ["AppInstalls_Update"] = _ => new { scopes = new[] { "tickets.read" } },
        ["Apps_Create"] = _ => Json.Merge(App(), new { confidential = true }),
        ["Apps_Update"] = _ => App(),
        ["Invitations_Create"] = _ => new { email = "new@acme.test", name = "Nora", role = "agent" },
        ["ApiKeys_Rotate"] = _ => new { overlap_seconds = 60 },
        ["Comments_Create"] = o => new { body = "On my way.", body_format = "markdown", visibility = "public", author = new { id = o.Id<User>() }, in_reply_to = o.Id<Comment>(), attachment_ids = new[] { o.FreeAttachment } },
        ["Companies_Create"] = _ => Company(external: "ext-2"),
        ["Companies_Update"] = _ => Company(external: "ext-2"),
        ["Companies_Upsert"] = _ => Company(Furnished.ExternalId),
        ["Domains_Create"] = _ => new { domain = "acme.test" },
        ["EndUserTokens_Create"] = o => new { user = new { external_id = "ext-3", email = "cara@customer.test", name = "Cara" }, widget_key = o.WidgetKeyText, inbox_id = o.Id<Inbox>() },
        ["Inboxes_Create"] = o => new { name = "Mail", channel = "api", team_id = o.Id<Team>(), external_id = "ext-2", metadata = new { a = "b" } },
        ["Inboxes_Update"] = o => new { name = "Mail", team_id = o.Id<Team>(), external_id = "ext-2", metadata = new { a = "b" } },
        ["Organization_Update"] = _ => new
        {
            name = "Acme & Co.",
            locale = "pt-BR",
            time_zone = "Europe/Berlin",
            clock_offset_seconds = 60,
            settings = new { create_tags_on_use = true },
            branding = new { product_name = "Help", logo_url = "https://acme.test/logo.png", primary_color = "#1a73e8", website_url = "https://acme.test" },
            security = Security(),
        },
        ["Organizations_Create"] = _ => new
        {
            slug = "b" + Guid.CreateVersion7().ToString("N"),
            name = "Another",
            admin = new { email = "a@b.test", name = "A" },
            mode = "live",
            test_twin = true,
            limits = new { attachment_bytes = 1000, storage_bytes = 100_000 },
        },
        ["Organizations_Update"] = _ => new { limits = new { attachment_bytes = 1000, storage_bytes = 100_000 }, security = Security() },
        ["Roles_Create"] = o => Role(o, "Billing"),
        ["Roles_Update"] = o => Role(o, "Billing"),
        ["SsoConnections_Create"] = Sso,
        ["SsoConnections_Update"] = Sso,
        ["Tags_Create"] = _ => new { name = "refund", description = "Money back", color = "#1a73e8" },
        ["Tags_Update"] = _ => new { name = "refund", description = "Money back", color = "#1a73e8" },
        ["Teams_Create"] = _ => new { name = "Sales", description = "They sell", external_id = "ext-2", metadata = new { a = "b" } },
        ["Teams_SetMember"] = _ => new { skills = new[] { "french" }, capacity = 3 },
        ["Teams_Update"] = _ => new { name = "Sales", description = "They sell", external_id = "ext-2", metadata = new { a = "b" } },
        ["Tickets_AddLink"] = o => new { kind = "related", ticket_id = o.OtherTicket, title = "The same again" },
        ["Tickets_AddTags"] = _ => new { tags = new[] { "urgent" } },
        ["Tickets_Assign"] = o => new { assignee_id = o.Id<User>(), team_id = o.Id<Team>() },
        ["Tickets_Bulk"] = o => new { items = new object[] { new { create = new { subject = "Hello", requester = new { id = o.Id<User>() } } }, new { update = new { id = o.Id<Ticket>(), patch = new { priority = "high" } } } } },
        ["Tickets_Create"] = Ticket,
        ["Tickets_SetStatus"] = _ => new { status = "pending" },
        ["Tickets_Update"] = o => new
        {
            subject = "Hello",
            status = "open",
            priority = "high",
            type = "incident",
            assignee_id = o.Id<User>(),
            team_id = o.Id<Team>(),
            company_id = o.Id<Company>(),
            language = "en",
            tags = new[] { "urgent" },
            external_id = "ext-2",
            custom_fields = new { plan = "gold" },
            metadata = new { a = "b" },
        },
        ["Users_Create"] = o => User(o, external: "ext-2"),
        ["Users_Update"] = o => User(o, external: "ext-2"),
        ["WidgetKeys_Create"] = _ => WidgetKey(),
        ["WidgetKeys_RotateSecret"] = _ => new { overlap_seconds = 60 },
        ["WidgetKeys_Update"] = _ => WidgetKey(),
        ["WidgetTokens_Create"] = o => new { jwt = Jwt.Of(o.WidgetSecret, new { sub = "ext-4", exp = DateTimeOffset.UtcNow.AddMinutes(50).ToUnixTimeSeconds() }), visitor = o.Visitor },
        ["WebhookEndpoints_Create"] = _ => Webhook(),
        ["WebhookEndpoints_Replay"] = _ => new { from = "2026-01-01T00:00:00Z", to = "2026-01-02T00:00:00Z", event_types = new[] { "ticket.*" } },
        ["WebhookEndpoints_RotateSecret"] = _ => new { overlap_seconds = 60 },
        ["WebhookEndpoints_Update"] = _ => Webhook(),
        ["Users_Upsert"] = o => User(o, Furnished.ExternalId),
    };

    /// <summary>The body for a route; null where it takes none.</summary>
    public static object? For(ApiRoute route, Furnished org) => route.Body is null ? null
        : All.TryGetValue(route.Name, out var body) ? body(org)
        : throw new InvalidOperationException($"There is no body for {route.Name}. Add one, so that the tests of all routes reach it.");

    private static object App() => new
    {
        name = "Desk",
        scopes = new[] { "tickets.read" },
        redirect_uris = new[] { "https://app.example/callback" },
        post_logout_redirect_uris = new[] { "https://app.example/" },
        device_code = true,
        website_url = "https://app.example",
    };

    private static object Role(Furnished org, string name) => new
    {
        name,
        description = "They bill",
        permissions = new[] { "tickets.read" },
        team_ids = new[] { org.Id<Team>() },
        inbox_ids = new[] { org.Id<Inbox>() },
        require_mfa = true,
    };

    private static object Sso(Furnished org) => new
    {
        name = "Acme ID",
        issuer = "http://127.0.0.1:9/",
        client_id = "support",
        client_secret = "secret",
        scopes = new[] { "openid", "email", "groups" },
        domains = new[] { "acme.test" },
        roles = new[] { new { claim = "groups", value = "support", role = "agent", role_id = org.Id<Role>() } },
        default_role = "agent",
        just_in_time = true,
        sso_only = true,
        enabled = true,
    };

    private static object Security() => new
    {
        require_mfa = true,
        require_mfa_roles = new[] { "admin" },
        session_idle_minutes = 60,
        session_max_minutes = 600,
        allowed_networks = new[] { "127.0.0.0/8" },
        audit_retention_days = 365,
    };

    private static object Company(string external) =>
        new { name = "Hooli", domains = new[] { "hooli.test" }, tier = "gold", external_id = external, custom_fields = new { plan = "gold" }, metadata = new { a = "b" } };

    private static object WidgetKey() => new { name = "Shop", allowed_origins = new[] { "https://shop.example" }, jwks_url = "http://127.0.0.1:9/jwks", require_identity = false, enabled = true };

    private static object Webhook() => new
    {
        url = "http://127.0.0.1:9/hook",
        event_types = new[] { "ticket.created" },
        description = "Ours",
        filter = "priority:high",
        enabled = true,
        headers = new Dictionary<string, string> { ["X-Token"] = "abc" },
        api_version = "v1",
        signatures = new[] { "v1", "v1a" },
        ordered = true,
        include_internal = true,
        max_concurrency = 2,
        rate_limit = 10,
    };

    private static object User(Furnished org, string external) => new
    {
        name = "Una",
        email = "una@acme.test",
        role = "agent",
        locale = "en",
        time_zone = "Europe/Berlin",
        company_id = org.Id<Company>(),
        external_id = external,
        custom_fields = new { plan = "gold" },
        metadata = new { a = "b" },
        role_id = org.Id<Role>(),
    };

    private static object Ticket(Furnished org) => new
    {
        subject = "Hello",
        requester = new { external_id = "ext-3", email = "cara@customer.test", name = "Cara" },
        comment = new { body = "Help!", body_format = "text", visibility = "public", author = new { id = org.Id<User>() }, attachment_ids = new[] { org.FreeAttachment } },
        priority = "high",
        type = "question",
        assignee_id = org.Id<User>(),
        team_id = org.Id<Team>(),
        inbox_id = org.Id<Inbox>(),
        company_id = org.Id<Company>(),
        language = "en",
        tags = new[] { "urgent" },
        external_id = "ext-2",
        custom_fields = new { plan = "gold" },
        metadata = new { a = "b" },
    };
}
