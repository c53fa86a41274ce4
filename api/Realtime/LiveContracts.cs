namespace HeadlessSupport.Api.Realtime;

/// <summary>Where a connection begins to hear.</summary>
/// <param name="Sequence">What comes has a higher one.</param>
public sealed record LiveStart(long Sequence);

/// <summary>Who of the staff looks at a ticket.</summary>
/// <param name="TicketId">The ticket.</param>
/// <param name="Viewers">Each person once, the longest there first.</param>
public sealed record PresenceResponse(string TicketId, IReadOnlyList<ViewerResponse> Viewers);

/// <summary>Someone who looks at a ticket.</summary>
/// <param name="UserId">Who.</param>
/// <param name="Since">Since when.</param>
/// <param name="ReplyingUntil">While that is to come they write a reply.</param>
public sealed record ViewerResponse(string UserId, DateTimeOffset Since, DateTimeOffset? ReplyingUntil);

/// <summary>Someone is typing; it holds for some seconds.</summary>
/// <param name="Kind"><c>agent</c> or <c>customer</c>.</param>
/// <param name="UserId">Who; customers are not told which agent.</param>
/// <param name="Note">Whether it will be an internal note; customers hear nothing of these.</param>
/// <param name="Until">When to stop showing it.</param>
public sealed record TypingResponse(string TicketId, string Kind, string? UserId, bool Note, DateTimeOffset Until);
