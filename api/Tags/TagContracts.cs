using System.ComponentModel.DataAnnotations;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;

namespace HeadlessSupport.Api.Tags;

/// <summary>A tag.</summary>
/// <param name="Name">In lower case; tickets carry this.</param>
/// <param name="Description">What it is for.</param>
/// <param name="Color">As <c>#rrggbb</c>.</param>
public sealed record TagResponse(Id<Tag> Id, string Name, string? Description, string? Color, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, int Version)
{
    public static TagResponse From(Tag t) => new(t.Id, t.Name, t.Description, t.Color, t.CreatedAt, t.UpdatedAt, t.Version);
}

/// <summary>What of a tag can be set.</summary>
/// <param name="Name">Kept in lower case; unique in the organization; no comma.</param>
/// <param name="Description">What it is for.</param>
/// <param name="Color">As <c>#rrggbb</c>.</param>
public sealed record TagUpdate(
    [NotBlank, MaxLength(50), RegularExpression("^[^,]*$", ErrorMessage = "Must not have a comma.")] string Name,
    [MaxLength(500)] string? Description = null,
    [RegularExpression("^#[0-9a-fA-F]{6}$", ErrorMessage = "Must be a colour such as #1a73e8.")] string? Color = null)
{
    public static TagUpdate From(Tag t) => new(t.Name, t.Description, t.Color);
}
