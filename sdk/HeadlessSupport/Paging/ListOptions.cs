namespace HeadlessSupport;

/// <summary>Which tickets to list, and how.</summary>
public sealed record TicketListOptions : ListOptions
{
    /// <summary>A condition, such as <c>status:open priority&gt;=high -tag:spam "card declined"</c>: fields, and words that are searched in subject, comments, requester, tags and number (in any form, <c>"an exact phrase"</c>, <c>prefix*</c>, <c>-without</c>). Internal notes only with <c>tickets.internal.read</c>.</summary>
    public string? Query { get; init; }

    /// <summary>Only in one of these statuses.</summary>
    public IReadOnlyList<TicketStatus>? Status { get; init; }

    /// <summary>Only of one of these priorities.</summary>
    public IReadOnlyList<TicketPriority>? Priority { get; init; }

    /// <summary>One of <c>question, incident, problem, task</c>.</summary>
    public TicketType? Type { get; init; }

    /// <summary>A user's id, <c>me</c>, or <c>none</c>.</summary>
    public string? Assignee { get; init; }

    /// <summary>A team's id, or <c>none</c>.</summary>
    public string? Team { get; init; }

    /// <summary>Only of this requester.</summary>
    public string? Requester { get; init; }

    /// <summary>Only of this company.</summary>
    public string? Company { get; init; }

    /// <summary>Only from this inbox.</summary>
    public string? Inbox { get; init; }

    /// <summary>Only with this tag, by its name.</summary>
    public string? Tag { get; init; }

    /// <summary>Only with this id of yours.</summary>
    public string? ExternalId { get; init; }

    /// <summary>Only with this number.</summary>
    public long? Number { get; init; }

    /// <summary>Created at this time or later.</summary>
    public DateTimeOffset? CreatedAfter { get; init; }

    /// <summary>Created before this time.</summary>
    public DateTimeOffset? CreatedBefore { get; init; }

    /// <summary>Changed at this time or later.</summary>
    public DateTimeOffset? UpdatedAfter { get; init; }

    /// <summary>Changed before this time.</summary>
    public DateTimeOffset? UpdatedBefore { get; init; }

    /// <summary>Deleted tickets instead of the others.</summary>
    public bool? Deleted { get; init; }

    /// <summary><c>created_at</c>, <c>updated_at</c>, <c>priority</c>, and with a leading minus the other way round; left out, <c>-created_at</c>. With <c>q</c> also <c>relevance</c>, and left out that.</summary>
    public string? Sort { get; init; }

    /// <summary>Whether each ticket shows where the search found its words.</summary>
    public bool IncludeHighlights { get; init; }
}

/// <summary>Which users to list, and how.</summary>
public sealed record UserListOptions : ListOptions
{
    /// <summary>Finds by name and e-mail address: parts of words, <c>"exactly this"</c>, <c>prefix*</c>, <c>-without</c>.</summary>
    public string? Query { get; init; }

    /// <summary>Only this role; several separated by commas.</summary>
    public string? Role { get; init; }

    /// <summary>Only with this e-mail address.</summary>
    public string? Email { get; init; }

    /// <summary>Only with this id of yours.</summary>
    public string? ExternalId { get; init; }

    /// <summary>Only users of this company.</summary>
    public string? CompanyId { get; init; }

    /// <summary>Only <c>active</c> or only <c>deactivated</c>.</summary>
    public UserStatus? Status { get; init; }

    /// <summary>Only those an API key acts as, or only the others.</summary>
    public bool? IsMachine { get; init; }

    /// <summary><c>created_at</c>, <c>updated_at</c>, and with a leading minus the other way round; left out, <c>-created_at</c>. With <c>q</c> also <c>relevance</c>, and left out that.</summary>
    public string? Sort { get; init; }
}

/// <summary>Which companies to list, and how.</summary>
public sealed record CompanyListOptions : ListOptions
{
    /// <summary>Finds by name and domain: parts of words, <c>"exactly this"</c>, <c>prefix*</c>, <c>-without</c>.</summary>
    public string? Query { get; init; }

    /// <summary>Only with this id of yours.</summary>
    public string? ExternalId { get; init; }

    /// <summary>Deleted companies instead of the others.</summary>
    public bool? Deleted { get; init; }

    /// <summary><c>created_at</c>, <c>updated_at</c>, <c>name</c>, and with a leading minus the other way round; left out, <c>-created_at</c>. With <c>q</c> also <c>relevance</c>, and left out that.</summary>
    public string? Sort { get; init; }
}

/// <summary>Which entries of the audit log to list, and how.</summary>
public sealed record AuditLogListOptions : ListOptions
{
    /// <summary>Only these actions, separated by commas; <c>api_key.*</c> means all of a kind.</summary>
    public string? Action { get; init; }

    /// <summary>Only by this actor: the id of a user or key, or a kind such as <c>operator</c>.</summary>
    public string? Actor { get; init; }

    /// <summary>Only what was done to what has this id.</summary>
    public string? Target { get; init; }

    /// <summary>Only from this address.</summary>
    public string? Ip { get; init; }

    /// <summary>At this time or later.</summary>
    public DateTimeOffset? After { get; init; }

    /// <summary>Before this time.</summary>
    public DateTimeOffset? Before { get; init; }
}

/// <summary>Which organizations to list, and how.</summary>
public sealed record OrganizationListOptions : ListOptions
{
    /// <summary>Only with this slug.</summary>
    public string? Slug { get; init; }

    /// <summary><c>-created_at</c>, the newest first, or <c>created_at</c>.</summary>
    public string? Sort { get; init; }
}

/// <summary>Which teams to list, and how.</summary>
public sealed record TeamListOptions : ListOptions
{
    /// <summary><c>name</c>, or <c>-name</c> for the other way round.</summary>
    public string? Sort { get; init; }
}

/// <summary>Which sessions to list, and how.</summary>
public sealed record SessionListOptions : ListOptions
{
    /// <summary>Whose; left out, your own. Others' need <c>sessions.manage</c>; <c>all</c> is everybody's.</summary>
    public string? User { get; init; }

    /// <summary>With those that were revoked or have ended.</summary>
    public bool? Ended { get; init; }
}

/// <summary>Which deliveries to list, and how.</summary>
public sealed record WebhookDeliveryListOptions : ListOptions
{
    /// <summary>Only those that are so far.</summary>
    public WebhookDeliveryStatus? Status { get; init; }

    /// <summary>Only events of this type.</summary>
    public string? EventType { get; init; }

    /// <summary>Only of this event.</summary>
    public string? Event { get; init; }

    /// <summary>Only events of this ticket.</summary>
    public string? Ticket { get; init; }
}

/// <summary>Which comments to list, and how.</summary>
public sealed record CommentListOptions : ListOptions
{
    /// <summary>Only <c>public</c> or only <c>internal</c>.</summary>
    public CommentVisibility? Visibility { get; init; }

    /// <summary><c>created_at</c>, the oldest first, or <c>-created_at</c>.</summary>
    public string? Sort { get; init; }

    /// <summary>Whether bodies come as blocks too.</summary>
    public bool IncludeBlocks { get; init; }
}

/// <summary>Which events to list, and how.</summary>
public sealed record EventListOptions : ListOptions
{
    /// <summary>Only events after this <c>sequence</c>: keep the last one you saw, and ask with it for what came since.</summary>
    public long? After { get; init; }

    /// <summary>Only these types, up to 50: <c>ticket.replied</c>, <c>ticket.*</c>.</summary>
    public IReadOnlyList<string>? Types { get; init; }
}
