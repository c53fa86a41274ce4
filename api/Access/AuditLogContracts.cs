using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using HeadlessSupport.Api.Platform.Audit;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Events;
using HeadlessSupport.Api.Platform.Http;

namespace HeadlessSupport.Api.Access;

/// <summary>A line of the audit log.</summary>
/// <param name="At">When, in real time.</param>
/// <param name="Action">What was done: <c>api_key.created</c>. More are added: readers must tolerate them.</param>
/// <param name="Actor">Who did it.</param>
/// <param name="TargetType">What it was done to: <c>api_key</c>.</param>
/// <param name="TargetId">Its id.</param>
/// <param name="Ip">Where the request came from; null for work of our own.</param>
/// <param name="UserAgent">What the client calls itself.</param>
/// <param name="RequestId">The <c>Request-Id</c> of the request.</param>
/// <param name="Changes">Member → from and to, where something was changed.</param>
/// <param name="Details">What else is to be known, by action.</param>
public sealed record AuditEntryResponse(
    Id<AuditEntry> Id, DateTimeOffset At, string Action, ActorResponse Actor, string? TargetType, string? TargetId, string? Ip, string? UserAgent, string? RequestId,
    IReadOnlyDictionary<string, Change>? Changes, IReadOnlyDictionary<string, JsonElement>? Details)
{
    public static AuditEntryResponse From(AuditEntry e) => new(
        e.Id, e.At, e.Action, new(e.ActorKind, e.ActorId), e.TargetType, e.TargetId, e.Ip, e.UserAgent, e.RequestId,
        e.Changes is null ? null : JsonSerializer.Deserialize<Dictionary<string, Change>>(e.Changes, Json.Options),
        e.Details is null ? null : JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(e.Details, Json.Options));
}

/// <summary>Filters of the audit log. All given ones must hold.</summary>
public sealed record AuditFilter : PageQuery
{
    /// <summary>Only these actions, separated by commas; <c>api_key.*</c> means all of a kind.</summary>
    [MaxLength(2000)]
    public string? Action { get; init; }

    /// <summary>Only by this actor: the id of a user or key, or a kind such as <c>operator</c>.</summary>
    [MaxLength(50)]
    public string? Actor { get; init; }

    /// <summary>Only what was done to what has this id.</summary>
    [MaxLength(50)]
    public string? Target { get; init; }

    /// <summary>Only from this address.</summary>
    [MaxLength(50)]
    public string? Ip { get; init; }

    /// <summary>At this time or later.</summary>
    public DateTimeOffset? After { get; init; }

    /// <summary>Before this time.</summary>
    public DateTimeOffset? Before { get; init; }

    /// <summary>Those of the entries that it lets through.</summary>
    internal IQueryable<AuditEntry> Among(IQueryable<AuditEntry> entries)
    {
        if (Action is not null)
            entries = WithAction(entries, Action);
        if (Actor is { } actor)
            entries = actor.Contains('_', StringComparison.Ordinal) && actor.Length > 20 ? entries.Where(e => e.ActorId == actor) : entries.Where(e => e.ActorKind == actor);
        if (Target is { } target)
            entries = entries.Where(e => e.TargetId == target);
        if (Ip is { } ip)
            entries = entries.Where(e => e.Ip == ip);
        if (After is { } after)
            entries = entries.Where(e => e.At >= after);
        if (Before is { } before)
            entries = entries.Where(e => e.At < before);
        return entries;
    }

    private static IQueryable<AuditEntry> WithAction(IQueryable<AuditEntry> entries, string text)
    {
        const int most = 50;
        var words = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (words.Length is 0 or > most)
            throw SupportException.Unreadable("action", $"Expected 1 to {most} actions such as api_key.created or api_key.*");
        var exact = words.Where(w => !w.EndsWith(".*", StringComparison.Ordinal)).ToList();
        var prefixes = words.Where(w => w.EndsWith(".*", StringComparison.Ordinal)).Select(w => w[..^1]).ToList();
        // One alone has an index.
        if (words is [var one] && exact.Count == 1)
            return entries.Where(e => e.Action == one);
        return entries.Where(e => exact.Contains(e.Action) || prefixes.Any(p => e.Action.StartsWith(p)));
    }
}

/// <summary>How the lines are written: <c>csv</c>, or <c>jsonl</c> for one JSON object a line.</summary>
public enum AuditExportFormat { Csv, Jsonl }

/// <summary>What to export. All of it: no pages.</summary>
public sealed record AuditExportQuery : IQueryParameters
{
    /// <summary><c>csv</c>, or <c>jsonl</c>: one JSON object a line, as the list shows it.</summary>
    [DefaultValue(AuditExportFormat.Csv)]
    public AuditExportFormat Format { get; init; }

    /// <summary>Only these actions, separated by commas; <c>api_key.*</c> means all of a kind.</summary>
    [MaxLength(2000)]
    public string? Action { get; init; }

    /// <summary>Only by this actor: the id of a user or key, or a kind such as <c>operator</c>.</summary>
    [MaxLength(50)]
    public string? Actor { get; init; }

    /// <summary>Only what was done to what has this id.</summary>
    [MaxLength(50)]
    public string? Target { get; init; }

    /// <summary>Only from this address.</summary>
    [MaxLength(50)]
    public string? Ip { get; init; }

    /// <summary>At this time or later.</summary>
    public DateTimeOffset? After { get; init; }

    /// <summary>Before this time.</summary>
    public DateTimeOffset? Before { get; init; }

    internal AuditFilter Filter => new() { Action = Action, Actor = Actor, Target = Target, Ip = Ip, After = After, Before = Before };
}
