using System.Security.Cryptography;
using System.Text;
using HeadlessSupport.Api.Platform.Data;
using Microsoft.EntityFrameworkCore;
using OtpNet;
using QRCoder;

namespace HeadlessSupport.Api.SignIn;

/// <summary>Codes of authenticator apps (TOTP, RFC 6238: six digits, 30 seconds, SHA-1, as those apps expect) and recovery codes.</summary>
internal sealed class Authenticators(AccountsDb accounts, SecretBox box, TimeProvider time)
{
    private const string Purpose = "totp";
    private const int RecoveryCodes = 10;
    private static readonly VerificationWindow Window = new(previous: 1, future: 1);

    /// <summary>A new secret, sealed for the form that asks for its first code.</summary>
    public string NewSecret() => box.SealText(Purpose, Base32Encoding.ToString(RandomNumberGenerator.GetBytes(20)));

    /// <summary>What the authenticator app reads.</summary>
    public string? UriOf(string sealedSecret, string email) =>
        box.TryOpenText(Purpose, sealedSecret, out var secret) ? new OtpUri(OtpType.Totp, secret, email, "HeadlessSupport").ToString() : null;

    public string? TextOf(string sealedSecret) => box.TryOpenText(Purpose, sealedSecret, out var secret) ? secret : null;

    /// <summary>The same as a picture, in a <c>data:</c> address.</summary>
    public static string PictureOf(string uri)
    {
        using var generator = new QRCodeGenerator();
        using var code = generator.CreateQrCode(uri, QRCodeGenerator.ECCLevel.M);
        using var picture = new PngByteQRCode(code);
        return "data:image/png;base64," + Convert.ToBase64String(picture.GetGraphic(6));
    }

    /// <summary>Takes the authenticator into use, if the code shows that it has the secret.</summary>
    /// <returns>Recovery codes, shown once; null where the code is wrong.</returns>
    public async Task<IReadOnlyList<string>?> UseAsync(Login login, string sealedSecret, string code, CancellationToken cancellationToken)
    {
        if (!box.TryOpenText(Purpose, sealedSecret, out var secret) || !Verify(secret, code, out var step))
            return null;
        login.UseAuthenticator(box.Seal(Purpose, Encoding.UTF8.GetBytes(secret)), step);
        var codes = await NewRecoveryCodesAsync(login, cancellationToken);
        await accounts.SaveChangesAsync(cancellationToken);
        return codes;
    }

    /// <summary>Whether the code is good now. Each is taken once, also by two requests at the same moment.</summary>
    public async Task<bool> TakeAsync(Login login, string code, CancellationToken cancellationToken)
    {
        if (login.TotpSecret is null || !box.TryOpen(Purpose, login.TotpSecret, out var secret) || !Verify(Encoding.UTF8.GetString(secret), code, out var step))
            return false;
        // With a new stamp, so that nobody who read the login before writes the old step over it.
        var stamp = Guid.CreateVersion7().ToString();
        var taken = await accounts.Users.Where(l => l.Id == login.Id && l.LastTotpStep < step)
            .ExecuteUpdateAsync(l => l.SetProperty(x => x.LastTotpStep, step).SetProperty(x => x.ConcurrencyStamp, stamp), cancellationToken) == 1;
        if (taken)
            await accounts.Entry(login).ReloadAsync(cancellationToken);
        return taken;
    }

    /// <summary>Whether it is a recovery code that was not used before. It is now.</summary>
    public async Task<bool> TakeRecoveryAsync(Login login, string code, CancellationToken cancellationToken)
    {
        var hash = HashOf(code);
        return await accounts.RecoveryCodes.Where(c => c.LoginId == login.Id && c.Hash == hash).ExecuteDeleteAsync(cancellationToken) == 1;
    }

    /// <summary>New recovery codes in place of those before; does not save.</summary>
    public async Task<IReadOnlyList<string>> NewRecoveryCodesAsync(Login login, CancellationToken cancellationToken)
    {
        accounts.RemoveRange(await accounts.RecoveryCodes.Where(c => c.LoginId == login.Id).ToListAsync(cancellationToken));
        var codes = Enumerable.Range(0, RecoveryCodes).Select(_ => NewCode()).ToList();
        accounts.AddRange(codes.ConvertAll(c => new RecoveryCode(login.Id, HashOf(c))));
        return codes;
    }

    public async Task RemoveAsync(Login login, CancellationToken cancellationToken)
    {
        login.ForgetAuthenticator();
        accounts.RemoveRange(await accounts.RecoveryCodes.Where(c => c.LoginId == login.Id).ToListAsync(cancellationToken));
        await accounts.SaveChangesAsync(cancellationToken);
    }

    private bool Verify(string secret, string code, out long step) =>
        new Totp(Base32Encoding.ToBytes(secret)).VerifyTotp(time.GetUtcNow().UtcDateTime, code.Replace(" ", "", StringComparison.Ordinal), out step, Window);

    // 16 letters of base32: 80 bits.
    private static string NewCode() => string.Join('-', Base32Encoding.ToString(RandomNumberGenerator.GetBytes(10)).ToLowerInvariant().Chunk(4).Select(c => new string(c)));

    private static byte[] HashOf(string code) => SHA256.HashData(Encoding.UTF8.GetBytes(code.Trim().Replace("-", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant()));
}
