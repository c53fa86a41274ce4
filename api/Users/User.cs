using System.Text.Json;
using HeadlessSupport.Api.Access;
using HeadlessSupport.Api.Companies;
using HeadlessSupport.Api.Platform.Audit;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Events;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;

namespace HeadlessSupport.Api.Users;

/// <summary>Someone's membership in an organization: staff, or a customer who writes in.</summary>
public sealed class User : Resource, IEntity
{
    private User() { }

    public User(Id<Tenant> organization, UserUpdate from, DateTimeOffset now, bool isMachine = false) : base(organization, now)
    {
        Id = Id<User>.New();
        IsMachine = isMachine;
        Set(from);
        Happened(UserEvents.Created);
    }

    public static string Prefix => "usr";

    public Id<User> Id { get; private set; }

    /// <summary>One of <see cref="Roles"/>; open, since organizations will name their own.</summary>
    public string Role { get; private set; } = null!;

    /// <summary>The organization's own role, where they have one: then that says what they may do.</summary>
    public Id<Role>? RoleId { get; private set; }
    public string? Name { get; private set; }

    /// <summary>Normalized (lower case); unique in the organization.</summary>
    public string? Email { get; private set; }
    public UserStatus Status { get; private set; }
    public string? Locale { get; private set; }
    public string? TimeZone { get; private set; }
    public Id<Company>? CompanyId { get; private set; }
    public string? ExternalId { get; private set; }

    /// <summary>The person's own login, with which they sign in to this and maybe other organizations; null where they cannot.</summary>
    public Guid? LoginId { get; private set; }

    /// <summary>True for whom an API key acts as.</summary>
    public bool IsMachine { get; private set; }
    public DateTimeOffset? LastSeenAt { get; private set; }
    public Dictionary<string, JsonElement> CustomFields { get; private set; } = [];
    public Dictionary<string, string> Metadata { get; private set; } = [];

    internal override Guid Key => Id.Value;

    public bool IsStaff => Role != Roles.Customer;

    /// <summary>Whether they may do everything; a role of the organization's own says otherwise.</summary>
    public bool IsActiveAdmin => Role == Roles.Admin && RoleId is null && Status == UserStatus.Active && !IsMachine;

    /// <summary>Who writes in from outside: known by address or by the integrator's own id.</summary>
    public static User NewCustomer(Id<Tenant> organization, string? email, string? externalId, string? name, DateTimeOffset now) =>
        new(organization, new(name, email, Roles.Customer, ExternalId: externalId), now);

    /// <summary>Who writes in from a web page without saying who they are, under the id that they were given before.</summary>
    public static User NewVisitor(Id<Tenant> organization, Id<User> id, DateTimeOffset now) => new(organization, new(), now) { Id = id };

    /// <summary>Whom a new API key acts as.</summary>
    public static User NewMachine(Id<Tenant> organization, string name, DateTimeOffset now) =>
        new(organization, new(name, Role: Roles.Agent), now, isMachine: true);

    public void Update(UserUpdate to, DateTimeOffset now)
    {
        Set(to);
        Updated(UserEvents.Updated, now);
    }

    /// <summary>From now on the login can sign in as this user.</summary>
    public void LetIn(Guid login, DateTimeOffset now)
    {
        if (LoginId == login)
            return;
        LoginId = login;
        Touch(now);
        Happened(UserEvents.Joined);
    }

    /// <summary>Takes the user out of service. What they wrote stays.</summary>
    public void Deactivate(DateTimeOffset now)
    {
        if (Status == UserStatus.Deactivated)
            return;
        Status = UserStatus.Deactivated;
        Touch(now);
        Happened(UserEvents.Deactivated);
    }

    public void Activate(DateTimeOffset now)
    {
        if (Status == UserStatus.Active)
            return;
        Status = UserStatus.Active;
        Touch(now);
        Happened(UserEvents.Activated);
    }

    internal override object Snapshot() => UserResponse.From(this);

    // All that happens to staff; of customers, who are many, only what decides whether and as what they get in. Of a
    // machine too: that it was made, its key tells.
    internal override bool IsAudited(string type, IReadOnlyCollection<string> changed) =>
        (IsStaff && !IsMachine) || type is UserEvents.Joined or UserEvents.Deactivated or UserEvents.Activated || changed.Any(c => c is "role" or "role_id" or "status" or "login_id");

    private void Set(UserUpdate to)
    {
        if (!Roles.All.Contains(to.Role))
            throw SupportException.Invalid("/role", $"Expected one of: {string.Join(", ", Roles.All)}.");
        if (to.RoleId is not null && to.Role == Roles.Customer)
            throw SupportException.Invalid("/role_id", "Only staff can have a role of the organization's own.");
        Role = to.Role;
        RoleId = to.RoleId;
        Name = to.Name;
        Email = Emails.Normalize(to.Email);
        Locale = to.Locale;
        TimeZone = to.TimeZone;
        CompanyId = to.CompanyId;
        ExternalId = to.ExternalId;
        CustomFields = to.CustomFields ?? [];
        Metadata = to.Metadata ?? [];
    }
}

/// <summary>Whether they are in service: a <c>deactivated</c> user can neither act nor be assigned. What they wrote stays.</summary>
public enum UserStatus { Active, Deactivated }

/// <summary>The built-in roles. More words may appear: readers must tolerate them.</summary>
public static class Roles
{
    public const string Admin = "admin";
    public const string Manager = "manager";
    public const string Agent = "agent";
    public const string Customer = "customer";

    public static readonly string[] All = [Admin, Manager, Agent, Customer];
}

[Audited]
[Carries(typeof(UserResponse))]
public static class UserEvents
{
    public const string Created = "user.created";
    public const string Updated = "user.updated";
    public const string Joined = "user.joined";
    public const string Deactivated = "user.deactivated";
    public const string Activated = "user.activated";
}
