using System.Security.Cryptography;
using HeadlessSupport.Api.Platform.Data;
using Microsoft.AspNetCore.Identity;

namespace HeadlessSupport.Api.SignIn;

/// <summary>Tells whether a password is someone's, and costs the same where there is no such person.</summary>
internal sealed class Passwords(UserManager<Login> logins, SignInManager<Login> manager, IPasswordHasher<Login> hasher)
{
    public const int Shortest = 10;
    public const int Longest = 128;

    private static readonly Login Nobody = new("nobody@invalid.invalid", null, DateTimeOffset.UnixEpoch);
    private static string? nobodysHash;

    /// <summary>The login whose address and password these are; null where they are not, or it is locked for the moment.</summary>
    public async Task<Login?> FindAsync(string email, string password)
    {
        if (password.Length > Longest)
            return null;
        var login = await logins.FindByEmailAsync(email);
        if (login?.PasswordHash is null)
        {
            nobodysHash ??= hasher.HashPassword(Nobody, Convert.ToHexString(RandomNumberGenerator.GetBytes(16)));
            hasher.VerifyHashedPassword(Nobody, nobodysHash, password);
            return null;
        }
        return (await manager.CheckPasswordSignInAsync(login, password, lockoutOnFailure: true)).Succeeded ? login : null;
    }
}

/// <summary>Refuses what is soon guessed: common and breached passwords, names, dates, rows of keys.</summary>
internal sealed class GuessablePasswords : IPasswordValidator<Login>
{
    // "Somewhat guessable" resists who tries online; what we store is hashed slowly.
    private const int Least = 2;

    public Task<IdentityResult> ValidateAsync(UserManager<Login> manager, Login user, string? password)
    {
        if (password is null || password.Length > Passwords.Longest)
            return Task.FromResult(IdentityResult.Failed(new IdentityError { Code = "TooLong", Description = $"Use at most {Passwords.Longest} characters." }));
        var own = new[] { user.Email, user.Email?.Split('@')[0], user.Name }.OfType<string>().Concat(["headless", "support"]);
        return Task.FromResult(new Zxcvbn.Zxcvbn().EvaluatePassword(password[..Math.Min(72, password.Length)], own).Score >= Least
            ? IdentityResult.Success
            : IdentityResult.Failed(new IdentityError { Code = "Guessable", Description = "This password is easy to guess or known from leaks. Try several uncommon words." }));
    }
}
