using HeadlessSupport.Api.Access;
using HeadlessSupport.Api.Platform.Audit;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Events;
using HeadlessSupport.Api.Platform.Tenancy;

namespace HeadlessSupport.Api.SignIn.Sso;

/// <summary>A domain of e-mail addresses that an organization says is its own, and proves by a record in the DNS.</summary>
public sealed class VerifiedDomain : Resource, IEntity
{
    private VerifiedDomain() { }

    public VerifiedDomain(Id<Tenant> organization, string domain, DateTimeOffset now) : base(organization, now)
    {
        Id = Id<VerifiedDomain>.New();
        Domain = Normalize(domain);
        Token = KeyText.New("hs-verify-");
        Happened(DomainEvents.Created);
    }

    public static string Prefix => "dom";

    public Id<VerifiedDomain> Id { get; private set; }

    /// <summary>In lower case, as the DNS has it; verified by one organization of the installation at most.</summary>
    public string Domain { get; private set; } = null!;

    /// <summary>What the record must say. No secret: everybody can read it there.</summary>
    public string Token { get; private set; } = null!;

    /// <summary>Real time.</summary>
    public DateTimeOffset? VerifiedAt { get; private set; }

    internal override Guid Key => Id.Value;

    public string RecordName => "_headless-support." + Domain;

    public void Verified(DateTimeOffset now, DateTimeOffset realNow)
    {
        if (VerifiedAt is not null)
            return;
        VerifiedAt = realNow;
        Touch(now);
        Happened(DomainEvents.Verified);
    }

    public void Deleted() => Happened(DomainEvents.Deleted);

    public static string Normalize(string domain)
    {
        var name = domain.Trim().TrimEnd('.').ToLowerInvariant();
        return Uri.CheckHostName(name) == UriHostNameType.Dns ? new Uri("dns://" + name).IdnHost.ToLowerInvariant() : name;
    }

    /// <summary>The domain of a normalized address.</summary>
    public static string Of(string email) => Normalize(email[(email.LastIndexOf('@') + 1)..]);

    internal override object Snapshot() => DomainResponse.From(this);
}

[Carries(typeof(DomainResponse)), Audited]
public static class DomainEvents
{
    public const string Created = "domain.created";
    public const string Verified = "domain.verified";
    public const string Deleted = "domain.deleted";
}
