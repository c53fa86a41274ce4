using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using HeadlessSupport.Api.Companies;
using HeadlessSupport.Api.Inboxes;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Teams;
using HeadlessSupport.Api.Users;

namespace HeadlessSupport.Api.Tickets;

/// <summary>A ticket.</summary>
/// <param name="Number">Short number within the organization, for people. Not without gaps.</param>
/// <param name="Subject">What it is about, in a line.</param>
/// <param name="Status">Where it stands. Always one of these words.</param>
/// <param name="Priority">How much it matters; <c>normal</c> unless someone says otherwise.</param>
/// <param name="Type">What kind of help is needed; null where nobody has said.</param>
/// <param name="Channel">How it came. More words are added: readers must tolerate them.</param>
/// <param name="InboxId">Where it came in; null where that was no inbox.</param>
/// <param name="Requester">Who needs help.</param>
/// <param name="CompanyId">The company it concerns; null for none.</param>
/// <param name="AssigneeId">Who helps; null for nobody.</param>
/// <param name="TeamId">Which team helps; null for none.</param>
/// <param name="Language">Language tag of what the requester wrote, such as <c>pt-BR</c>; null where nobody has said.</param>
/// <param name="Tags">Names, in alphabetical order.</param>
/// <param name="ReopenCount">How often it was opened again after it was solved or closed.</param>
/// <param name="FirstResponseAt">When staff first answered in public.</param>
/// <param name="SolvedAt">When it was last solved or closed; null while it is not.</param>
/// <param name="ClosedAt">When it was closed; null while it is not.</param>
/// <param name="Highlights">Only in a search with <c>include=highlights</c>: where it matches.</param>
[CustomersSee("id", "number", "subject", "status", "channel", "requester", "solved_at", "closed_at", "created_at", "updated_at", "version")]
public sealed record TicketResponse(
    Id<Ticket> Id, long Number, string Subject, TicketStatus Status, TicketPriority Priority, TicketType? Type, Channel Channel, Id<Inbox>? InboxId,
    PersonResponse Requester, Id<Company>? CompanyId, Id<User>? AssigneeId, Id<Team>? TeamId, string? Language, IReadOnlyList<string> Tags,
    IReadOnlyDictionary<string, JsonElement> CustomFields, IReadOnlyDictionary<string, string> Metadata, string? ExternalId, int ReopenCount,
    DateTimeOffset? FirstResponseAt, DateTimeOffset? SolvedAt, DateTimeOffset? ClosedAt, DateTimeOffset? DeletedAt,
    DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, int Version,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<HighlightResponse>? Highlights = null)
{
    public static TicketResponse From(Ticket t) => From(t, PersonResponse.From(t.Requester), t.TagNames());

    internal static TicketResponse From(TicketView view) => From(view.Ticket, view.Requester, [.. view.Tags.Order(StringComparer.Ordinal)]);

    private static TicketResponse From(Ticket t, PersonResponse requester, List<string> tags) => new(
        t.Id, t.Number, t.Subject, t.Status, t.Priority, t.Type, t.Channel, t.InboxId, requester, t.CompanyId, t.AssigneeId, t.TeamId,
        t.Language, tags, t.CustomFields, t.Metadata, t.ExternalId, t.ReopenCount, t.FirstResponseAt, t.SolvedAt, t.ClosedAt, t.DeletedAt, t.CreatedAt, t.UpdatedAt, t.Version);
}

/// <summary>A ticket with what is shown beside it, as <see cref="TicketQueries.View"/> reads it.</summary>
/// <param name="Tags">In no order.</param>
internal sealed record TicketView(Ticket Ticket, PersonResponse Requester, string[] Tags);

/// <summary>A new ticket.</summary>
/// <param name="Subject">What it is about, in a line.</param>
/// <param name="Requester">Who needs help; found, or created as a customer. Only end users can leave it out, who ask for themselves.</param>
/// <param name="Comment">What they wrote; its author is the requester unless said otherwise.</param>
/// <param name="Priority">How much it matters.</param>
/// <param name="Type">What kind of help is needed.</param>
/// <param name="AssigneeId">Who is to help; the ticket is then open at once.</param>
/// <param name="TeamId">Which team is to help; left out, the inbox's.</param>
/// <param name="InboxId">Where it came in.</param>
/// <param name="CompanyId">The company it concerns; left out, the requester's.</param>
/// <param name="Language">Language tag of what they wrote.</param>
/// <param name="Tags">Names; created where they do not exist, unless the organization's settings forbid it.</param>
/// <param name="ExternalId">Your own id for it; unique among tickets that are not deleted.</param>
/// <param name="CustomFields">Values of your own fields.</param>
/// <param name="Metadata">Your own strings; not shown to people.</param>
public sealed record CreateTicketRequest(
    [NotBlank, MaxLength(300)] string Subject,
    PersonReference? Requester = null,
    CreateCommentRequest? Comment = null,
    TicketPriority Priority = TicketPriority.Normal,
    TicketType? Type = null,
    Id<User>? AssigneeId = null,
    Id<Team>? TeamId = null,
    Id<Inbox>? InboxId = null,
    Id<Company>? CompanyId = null,
    [Locale, MaxLength(35)] string? Language = null,
    [MaxLength(50), TagNames] List<string>? Tags = null,
    [NotBlank, MaxLength(255)] string? ExternalId = null,
    [CustomFields] Dictionary<string, JsonElement>? CustomFields = null,
    [Metadata] Dictionary<string, string>? Metadata = null);

/// <summary>What of a ticket can be changed.</summary>
/// <param name="Subject">What it is about, in a line.</param>
/// <param name="Status">As in the <c>status</c> action, with its rules.</param>
/// <param name="Priority">How much it matters.</param>
/// <param name="Type">What kind of help is needed.</param>
/// <param name="AssigneeId">Who helps; null for nobody.</param>
/// <param name="TeamId">Which team helps; null for none.</param>
/// <param name="CompanyId">The company it concerns; null for none.</param>
/// <param name="Language">Language tag of what they wrote.</param>
/// <param name="Tags">Replaces all tags.</param>
/// <param name="ExternalId">Your own id for it.</param>
/// <param name="CustomFields">Values of your own fields; they merge, null removes one.</param>
/// <param name="Metadata">Your own strings; they merge, null removes one.</param>
public sealed record TicketUpdate(
    [NotBlank, MaxLength(300)] string Subject,
    TicketStatus Status,
    TicketPriority Priority,
    TicketType? Type,
    Id<User>? AssigneeId,
    Id<Team>? TeamId,
    Id<Company>? CompanyId,
    [Locale, MaxLength(35)] string? Language,
    [MaxLength(50), TagNames] List<string>? Tags,
    [NotBlank, MaxLength(255)] string? ExternalId,
    [CustomFields] Dictionary<string, JsonElement>? CustomFields,
    [Metadata] Dictionary<string, string>? Metadata)
{
    public static TicketUpdate From(Ticket t) => new(
        t.Subject, t.Status, t.Priority, t.Type, t.AssigneeId, t.TeamId, t.CompanyId, t.Language, t.TagNames(), t.ExternalId, t.CustomFields, t.Metadata);
}

/// <summary>Who is to help.</summary>
/// <param name="AssigneeId">An active staff user; null for nobody.</param>
/// <param name="TeamId">A team; null for none.</param>
public sealed record AssignmentRequest([property: System.Text.Json.Serialization.JsonRequired] Id<User>? AssigneeId, Id<Team>? TeamId = null);

/// <summary>Where it stands from now on.</summary>
/// <param name="Status">Nothing becomes <c>new</c> again, and a closed ticket only <c>open</c>. End users can say <c>solved</c>, and <c>open</c> of a solved ticket.</param>
public sealed record StatusRequest([property: System.Text.Json.Serialization.JsonRequired] TicketStatus Status);

/// <summary>Tags to add.</summary>
/// <param name="Tags">Names; created where they do not exist, unless the organization's settings forbid it.</param>
public sealed record AddTagsRequest([MinLength(1), MaxLength(50), TagNames] List<string> Tags);

/// <summary>Someone who wants to hear of the ticket.</summary>
/// <param name="User">Who follows it.</param>
/// <param name="CreatedAt">Since when they follow it.</param>
public sealed record FollowerResponse(PersonResponse User, DateTimeOffset CreatedAt)
{
    public static FollowerResponse From(Follower f) => new(PersonResponse.From(f.User), f.CreatedAt);
}

/// <summary>A link from a ticket to another one, or to something outside.</summary>
/// <param name="Kind">What the other one is to this ticket.</param>
/// <param name="TicketId">The other ticket; null for <c>external</c>.</param>
/// <param name="Url">Only for <c>external</c>.</param>
/// <param name="Title">What to show for it; null where nobody has said.</param>
public sealed record TicketLinkResponse(Id<TicketLink> Id, TicketLinkKind Kind, Id<Ticket>? TicketId, string? Url, string? Title, DateTimeOffset CreatedAt)
{
    public static TicketLinkResponse From(TicketLink l) => new(l.Id, l.Kind, l.OtherTicketId, l.Url, l.Title, l.CreatedAt);
}

/// <summary>A new link.</summary>
/// <param name="Kind">What the other one is to this ticket.</param>
/// <param name="TicketId">The other ticket; for every kind but <c>external</c>.</param>
/// <param name="Url">http or https; only for <c>external</c>.</param>
/// <param name="Title">What to show for it.</param>
public sealed record CreateTicketLinkRequest(
    TicketLinkKind Kind = TicketLinkKind.Related,
    Id<Ticket>? TicketId = null,
    [MaxLength(2000), RegularExpression("^https?://.+", ErrorMessage = "Must be an http or https address.")] string? Url = null,
    [NotBlank, MaxLength(300)] string? Title = null) : IValidatableObject
{
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Kind == TicketLinkKind.External && (Url is null || TicketId is not null))
            yield return new ValidationResult("An external link needs a url and no ticket_id.", [nameof(Url)]);
        if (Kind != TicketLinkKind.External && (TicketId is null || Url is not null))
            yield return new ValidationResult("This kind of link needs a ticket_id and no url.", [nameof(TicketId)]);
    }
}

/// <summary>Many tickets at once.</summary>
/// <param name="Items">At most 100. Each succeeds or fails on its own.</param>
public sealed record BulkTicketsRequest([MinLength(1), MaxLength(100)] List<BulkTicketItem> Items);

/// <summary>One of them: exactly one of the two.</summary>
/// <param name="Create">A ticket to create.</param>
/// <param name="Update">A ticket to change.</param>
public sealed record BulkTicketItem(Deferred<CreateTicketRequest>? Create = null, Deferred<BulkTicketUpdate>? Update = null);

/// <summary>A ticket to change.</summary>
/// <param name="Id">Which.</param>
/// <param name="Patch">A merge patch, as in updating a single ticket.</param>
/// <param name="IfVersion">Refuse where it is at another version by now.</param>
public sealed record BulkTicketUpdate(
    [property: System.Text.Json.Serialization.JsonRequired] Id<Ticket> Id,
    [property: System.Text.Json.Serialization.JsonRequired] MergePatch<TicketUpdate> Patch,
    int? IfVersion = null);

/// <summary>How it went, item by item.</summary>
/// <param name="Results">One for each item, in the order of the request.</param>
public sealed record BulkTicketsResponse(IReadOnlyList<BulkTicketResult> Results);

/// <summary>How one item went.</summary>
/// <param name="Index">Its place in the request, from 0.</param>
/// <param name="Status">The HTTP status it would have had on its own.</param>
/// <param name="Ticket">The ticket, where it succeeded.</param>
/// <param name="Problem">Why not, where it failed.</param>
public sealed record BulkTicketResult(int Index, int Status, TicketResponse? Ticket, Problem? Problem);

/// <summary>Names of 1 to 50 characters without commas.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class TagNamesAttribute : ValidationAttribute
{
    public TagNamesAttribute() => ErrorMessage = "Each must have 1 to 50 characters, none of them a comma.";

    public override bool IsValid(object? value) =>
        value is null || (value is List<string> names && names.TrueForAll(n => n is { Length: <= 50 } && !string.IsNullOrWhiteSpace(n) && !n.Contains(',', StringComparison.Ordinal)));
}
