namespace HeadlessSupport.Api.Platform.Tenancy;

/// <summary>Says of a request that takes long whether its credential still holds.</summary>
public interface ICredentialWatch
{
    /// <summary>False once the credential with which the request was let in is revoked, expired or otherwise refused.</summary>
    Task<bool> IsGoodAsync(HttpContext request, CancellationToken cancellationToken);
}

public static class CredentialWatch
{
    /// <summary>How often what takes long asks.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(5);
}
