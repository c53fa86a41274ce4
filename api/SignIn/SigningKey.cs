namespace HeadlessSupport.Api.SignIn;

/// <summary>What signs tokens for some weeks: a certificate, and the key that hides what only we read.</summary>
public sealed class SigningKey
{
    private SigningKey() { }

    public SigningKey(byte[] certificate, byte[] encryptionKey, DateTimeOffset notBefore, DateTimeOffset notAfter, DateTimeOffset now)
    {
        Id = Guid.CreateVersion7();
        Certificate = certificate;
        EncryptionKey = encryptionKey;
        NotBefore = notBefore;
        NotAfter = notAfter;
        CreatedAt = now;
    }

    public Guid Id { get; private set; }

    /// <summary>PKCS #12, sealed.</summary>
    public byte[] Certificate { get; private set; } = [];

    /// <summary>32 random bytes, sealed.</summary>
    public byte[] EncryptionKey { get; private set; } = [];

    /// <summary>It is published before it signs, so that whoever keeps our keys for a while knows it by then.</summary>
    public DateTimeOffset NotBefore { get; private set; }
    public DateTimeOffset NotAfter { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }
}
