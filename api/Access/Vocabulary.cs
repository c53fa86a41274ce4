using HeadlessSupport.Api.Users;

namespace HeadlessSupport.Api.Access;

/// <summary>The one vocabulary of API-key scopes, OAuth scopes and role permissions. Words are added, never renamed.</summary>
public static class Vocabulary
{
    public static readonly string[] All =
    [
        "tickets.read", "tickets.write", "tickets.delete", "tickets.internal.read", "tickets.internal.write",
        "attachments.read", "attachments.write", "users.read", "users.manage", "companies.read", "companies.write",
        "teams.manage", "inboxes.read", "inboxes.manage", "tags.manage", "keys.manage", "organization.read", "organization.manage",
        "webhooks.read", "webhooks.manage", "events.read", "audit.read", "end_users.mint", "reports.read", "automations.manage",
        "ai.manage", "knowledge.read", "knowledge.write", "roles.manage", "sessions.manage", "apps.manage",
    ];

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
