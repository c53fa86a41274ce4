using System.ComponentModel.DataAnnotations;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;

namespace HeadlessSupport.Api.Users;

/// <summary>Someone, in short.</summary>
/// <param name="Id">Their id as a user; begins with <c>usr_</c>.</param>
/// <param name="Name">How they are called; null where nobody has said.</param>
/// <param name="Email">Their address, in lower case; null where none is known.</param>
/// <param name="ExternalId">Your own id for them; null where you gave none.</param>
[CustomersSee]
public sealed record PersonResponse(Id<User> Id, string? Name, string? Email, string? ExternalId)
{
    public static PersonResponse From(User u) => new(u.Id, u.Name, u.Email, u.ExternalId);
}

/// <summary>Names someone: by <c>id</c>, else by <c>external_id</c>, else by <c>email</c>. By the last two they are created as a customer where not found.</summary>
/// <param name="Id">A user that exists.</param>
/// <param name="ExternalId">Your own id for them.</param>
/// <param name="Email">Their address.</param>
/// <param name="Name">How a new one is called; an existing one keeps their name.</param>
public sealed record PersonReference(
    Id<User>? Id = null,
    [NotBlank, MaxLength(255)] string? ExternalId = null,
    [Email, MaxLength(254)] string? Email = null,
    [NotBlank, MaxLength(200)] string? Name = null) : IValidatableObject
{
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Id is null && ExternalId is null && Email is null)
            yield return new ValidationResult("Name them by id, external_id or email.");
    }

    /// <summary>Whether everything it says of them is true of this user.</summary>
    internal bool Is(User user) =>
        (Id is null || Id == user.Id) && (ExternalId is null || ExternalId == user.ExternalId) && (Email is null || Emails.Normalize(Email) == user.Email);
}
