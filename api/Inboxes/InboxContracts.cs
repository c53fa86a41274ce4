using System.ComponentModel.DataAnnotations;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Teams;

namespace HeadlessSupport.Api.Inboxes;

/// <summary>An inbox.</summary>
/// <param name="Channel">How tickets come in here. More words are added: readers must tolerate them.</param>
/// <param name="Name">How staff call it.</param>
/// <param name="TeamId">The team that new tickets go to.</param>
public sealed record InboxResponse(
    Id<Inbox> Id, Channel Channel, string Name, Id<Team>? TeamId, string? ExternalId, IReadOnlyDictionary<string, string> Metadata, DateTimeOffset? DeletedAt, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, int Version)
{
    public static InboxResponse From(Inbox i) => new(i.Id, i.Channel, i.Name, i.TeamId, i.ExternalId, i.Metadata, i.DeletedAt, i.CreatedAt, i.UpdatedAt, i.Version);
}

/// <summary>A new inbox.</summary>
/// <param name="Name">How staff call it.</param>
/// <param name="Channel">How tickets come in here; cannot be changed later.</param>
/// <param name="TeamId">The team that new tickets go to.</param>
/// <param name="ExternalId">Your own id for it.</param>
/// <param name="Metadata">Your own strings; not shown to people.</param>
public sealed record CreateInboxRequest(
    [NotBlank, MaxLength(100)] string Name,
    Channel Channel = Channel.Api,
    Id<Team>? TeamId = null,
    [NotBlank, MaxLength(255)] string? ExternalId = null,
    [Metadata] Dictionary<string, string>? Metadata = null);

/// <summary>What of an inbox can be changed.</summary>
/// <param name="Name">How staff call it.</param>
/// <param name="TeamId">The team that new tickets go to.</param>
/// <param name="ExternalId">Your own id for it.</param>
/// <param name="Metadata">Your own strings; not shown to people.</param>
public sealed record InboxUpdate(
    [NotBlank, MaxLength(100)] string Name,
    Id<Team>? TeamId = null,
    [NotBlank, MaxLength(255)] string? ExternalId = null,
    [Metadata] Dictionary<string, string>? Metadata = null)
{
    public static InboxUpdate From(Inbox i) => new(i.Name, i.TeamId, i.ExternalId, i.Metadata);
}
