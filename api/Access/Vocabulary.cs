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
        "ai.manage", "knowledge.read", "knowledge.write",
    ];

    public static readonly string[] ReadOnly = [.. All.Where(p => p.EndsWith(".read", StringComparison.Ordinal))];
}
