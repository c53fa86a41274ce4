using Microsoft.AspNetCore.Identity;

namespace HeadlessSupport.Api.SignIn;

/// <summary>
/// A person who can sign in: an address, a password or passkeys, and maybe a second factor. Belongs to no
/// organization: a <see cref="Users.User"/> is a login's membership in one.
/// </summary>
public sealed class Login : IdentityUser<Guid>
{
    private Login() { }

    public Login(string email, string? name, DateTimeOffset now)
    {
        Id = Guid.CreateVersion7();
        UserName = email;
        Email = email;
        Name = name;
        CreatedAt = now;
    }

    public string? Name { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }

    /// <summary>The secret shared with an authenticator app, sealed; null where there is none.</summary>
    public byte[]? TotpSecret { get; private set; }

    /// <summary>The last 30-second step whose code was taken: no code is taken twice.</summary>
    public long LastTotpStep { get; private set; }

    /// <summary>From now on a code of the authenticator app is asked for.</summary>
    public void UseAuthenticator(byte[] sealedSecret, long step)
    {
        TotpSecret = sealedSecret;
        LastTotpStep = step;
        TwoFactorEnabled = true;
    }

    public void ForgetAuthenticator()
    {
        TotpSecret = null;
        LastTotpStep = 0;
        TwoFactorEnabled = false;
    }
}

/// <summary>A code for who lost their authenticator; good once.</summary>
public sealed class RecoveryCode
{
    private RecoveryCode() { }

    public RecoveryCode(Guid login, byte[] hash)
    {
        LoginId = login;
        Hash = hash;
    }

    public Guid LoginId { get; private set; }

    /// <summary>SHA-256: a code has 80 random bits.</summary>
    public byte[] Hash { get; private set; } = [];
}
