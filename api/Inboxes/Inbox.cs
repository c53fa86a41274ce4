using HeadlessSupport.Api.Platform.Audit;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Events;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Teams;

namespace HeadlessSupport.Api.Inboxes;

/// <summary>Where tickets come in. Today over the API; mail, chat and others follow as channels of their own.</summary>
public sealed class Inbox : Resource, IEntity
{
    private Inbox() { }

    public Inbox(Id<Tenant> organization, Channel channel, InboxUpdate from, DateTimeOffset now) : base(organization, now)
    {
        Id = Id<Inbox>.New();
        Channel = channel;
        Set(from);
        Happened(InboxEvents.Created);
    }

    public static string Prefix => "inb";

    public Id<Inbox> Id { get; private set; }
    public Channel Channel { get; private set; }
    public string Name { get; private set; } = null!;

    /// <summary>The team that new tickets go to.</summary>
    public Id<Team>? TeamId { get; private set; }
    public string? ExternalId { get; private set; }
    public Dictionary<string, string> Metadata { get; private set; } = [];
    public DateTimeOffset? DeletedAt { get; private set; }

    internal override Guid Key => Id.Value;

    public void Update(InboxUpdate to, DateTimeOffset now)
    {
        Set(to);
        Updated(InboxEvents.Updated, now);
    }

    public void Delete(DateTimeOffset now)
    {
        DeletedAt = now;
        Touch(now);
        Happened(InboxEvents.Deleted);
    }

    internal override object Snapshot() => InboxResponse.From(this);

    internal override EventAudience AudienceOf(string type) => EventAudience.Staff with { InboxId = Id.Value, TeamId = TeamId?.Value };

    private void Set(InboxUpdate to)
    {
        Name = to.Name;
        TeamId = to.TeamId;
        ExternalId = to.ExternalId;
        Metadata = to.Metadata ?? [];
    }
}

/// <summary>How a ticket came. More words are added with their channels.</summary>
public enum Channel
{
    Api,

    /// <summary>From a web page or an app, by a widget key.</summary>
    Chat,
}

[Audited]
[Carries(typeof(InboxResponse))]
public static class InboxEvents
{
    public const string Created = "inbox.created";
    public const string Updated = "inbox.updated";
    public const string Deleted = "inbox.deleted";
}
