using HeadlessSupport.Api.Users;

namespace HeadlessSupport.Api.Access;

/// <summary>A word of the vocabulary.</summary>
/// <param name="Name">As it stands in scopes and roles: <c>tickets.read</c>.</param>
/// <param name="Allows">What it allows, in a sentence.</param>
public sealed record Permission(string Name, string Allows);

/// <summary>The one vocabulary of API-key scopes, OAuth scopes and role permissions. Words are added, never renamed.</summary>
public static class Vocabulary
{
    public static readonly Permission[] Words =
    [
        new("tickets.read", "Read, list and search tickets, their public comments, tags, links and followers."),
        new("tickets.write", "Create and change tickets, reply, assign, tag, link and follow."),
        new("tickets.delete", "Delete and restore tickets."),
        new("tickets.internal.read", "See internal notes, in tickets, events and search."),
        new("tickets.internal.write", "Write internal notes."),
        new("attachments.read", "Read what is known of files, and download them."),
        new("attachments.write", "Upload files."),
        new("users.read", "Read staff, customers and teams."),
        new("users.manage", "Create, invite, change, deactivate and activate users who may no more than oneself."),
        new("companies.read", "Read companies."),
        new("companies.write", "Create, change, delete and restore companies."),
        new("teams.manage", "Create, change and delete teams and their members."),
        new("inboxes.read", "Read inboxes."),
        new("inboxes.manage", "Create, change and delete inboxes."),
        new("tags.manage", "Create, change and delete tags."),
        new("keys.manage", "Create, list, rotate and revoke API keys that may no more than oneself."),
        new("organization.read", "Read the organization and its settings."),
        new("organization.manage", "Change the organization, its settings and who gets in from where."),
        new("webhooks.read", "Read webhook endpoints, deliveries and attempts."),
        new("webhooks.manage", "Create, change, test and delete webhook endpoints, and send events again."),
        new("events.read", "Read and follow the stream of events."),
        new("audit.read", "Read and export the audit log."),
        new("end_users.mint", "Make tokens with which customers see what is theirs."),
        new("reports.read", "Read reports."),
        new("automations.manage", "Create, change and delete automations."),
        new("ai.manage", "Change what the AI does, and review it."),
        new("knowledge.read", "Read the knowledge base, drafts included."),
        new("knowledge.write", "Write and publish in the knowledge base."),
        new("roles.manage", "Create, change and delete roles that may no more than oneself."),
        new("sessions.manage", "List and end the sessions of others."),
        new("apps.manage", "Publish OAuth apps, and install them."),
    ];

    public static readonly string[] All = [.. Words.Select(w => w.Name)];

    public static readonly string[] ReadOnly = [.. All.Where(p => p.EndsWith(".read", StringComparison.Ordinal))];

    private static readonly string[] Agent =
    [
        "tickets.read", "tickets.write", "tickets.internal.read", "tickets.internal.write", "attachments.read", "attachments.write", "users.read",
        "companies.read", "companies.write", "inboxes.read", "organization.read", "events.read", "knowledge.read",
    ];

    private static readonly string[] Manager =
    [
        .. Agent, "tickets.delete", "users.manage", "teams.manage", "inboxes.manage", "tags.manage", "webhooks.read", "reports.read", "automations.manage", "knowledge.write",
    ];

    // Whatever a customer may do, they may do to what is their own only.
    private static readonly string[] Customer = ["tickets.read", "tickets.write", "attachments.read", "attachments.write", "events.read", "knowledge.read"];

    /// <summary>What each built-in role may do: the one table of it.</summary>
    public static IReadOnlyList<string> Of(string role) => role switch
    {
        Roles.Admin => All,
        Roles.Manager => Manager,
        Roles.Agent => Agent,
        Roles.Customer => Customer,
        _ => [],
    };
}
