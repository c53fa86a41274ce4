using HeadlessSupport.Api.Tickets;

namespace HeadlessSupport.Api.Demo;

/// <summary>What an organization of the demo is made of.</summary>
/// <param name="Staff">The first is its admin.</param>
/// <param name="Scenes">A ticket each, the oldest first.</param>
internal sealed record DemoStory(
    string Slug, string Name, string Team, string Inbox,
    IReadOnlyList<(string Email, string Name, string Role)> Staff,
    IReadOnlyList<(string Name, string Domain, string Tier)> Companies,
    IReadOnlyList<(string Email, string Name)> Customers,
    IReadOnlyList<(string Name, string Description, string Color)> Tags,
    IReadOnlyList<Scene> Scenes);

/// <summary>A ticket and its conversation. <c>{order}</c> stands for a number of its own.</summary>
/// <param name="End">Where it stands after the last line.</param>
/// <param name="Lines">The first is the customer's.</param>
internal sealed record Scene(string Subject, TicketPriority Priority, TicketType? Type, TicketStatus End, string[] Tags, params Line[] Lines);

/// <param name="File">What was sent along.</param>
internal sealed record Line(Speaker By, string Text, SentFile? File = null);

/// <summary>A text file that a line carries.</summary>
internal sealed record SentFile(string Name, string Text);

internal enum Speaker { Customer, Agent, Note }
