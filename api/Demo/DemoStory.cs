using HeadlessSupport.Api.Tickets;

namespace HeadlessSupport.Api.Demo;

/// <summary>What an organization of the demo is made of.</summary>
/// <param name="Staff">The first is its admin.</param>
/// <param name="Scenes">Told in turn until there are <see cref="Tickets"/>.</param>
internal sealed record DemoStory(
    string Slug, string Name, string Team, string Inbox,
    IReadOnlyList<(string Email, string Name, string Role)> Staff,
    IReadOnlyList<(string Name, string Domain, string Tier)> Companies,
    IReadOnlyList<(string Email, string Name)> Customers,
    IReadOnlyList<(string Name, string Description, string Color)> Tags,
    IReadOnlyList<Scene> Scenes)
{
    public const int Tickets = 40;
}

/// <summary>A ticket and its conversation. <c>{order}</c> stands for a number of its own.</summary>
/// <param name="Lines">The first is the customer's.</param>
internal sealed record Scene(string Subject, TicketPriority Priority, TicketType? Type, TicketStatus End, string[] Tags, params Line[] Lines);

internal sealed record Line(Speaker By, string Text);

internal enum Speaker { Customer, Agent, Note }
