using System.ComponentModel.DataAnnotations;
using HeadlessSupport.Api.Platform.Audit;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Events;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Users;

namespace HeadlessSupport.Api.Apps;

/// <summary>That an organization lets an app in, and how far.</summary>
public sealed class AppInstall : Resource, IEntity
{
    private AppInstall() { }

    public AppInstall(Id<Tenant> organization, OAuthApp app, User machine, IEnumerable<string> scopes, DateTimeOffset now) : base(organization, now)
    {
        Id = Id<AppInstall>.New();
        AppId = app.Id;
        AppName = app.Name;
        UserId = machine.Id;
        Scopes = [.. scopes.Distinct(StringComparer.Ordinal)];
        Happened(AppInstallEvents.Created);
    }

    public static string Prefix => "ins";

    public Id<AppInstall> Id { get; private set; }

    /// <summary>The app, which may belong to another organization.</summary>
    public Id<OAuthApp> AppId { get; private set; }

    /// <summary>Its name when it was installed.</summary>
    public string AppName { get; private set; } = null!;

    /// <summary>The machine user that it acts as where no person uses it.</summary>
    public Id<User> UserId { get; private set; }
    public List<string> Scopes { get; private set; } = [];
    public DateTimeOffset? RemovedAt { get; private set; }

    internal override Guid Key => Id.Value;

    public void Update(AppInstallUpdate to, DateTimeOffset now)
    {
        Scopes = [.. to.Scopes.Distinct(StringComparer.Ordinal)];
        Updated(AppInstallEvents.Updated, now);
    }

    /// <summary>Shuts the app out. Its tokens stop working.</summary>
    public void Remove(DateTimeOffset now)
    {
        if (RemovedAt is not null)
            return;
        RemovedAt = now;
        Touch(now);
        Happened(AppInstallEvents.Removed);
    }

    internal override object Snapshot() => AppInstallResponse.From(this);
}

[Carries(typeof(AppInstallResponse)), Audited]
public static class AppInstallEvents
{
    public const string Created = "app_install.created";
    public const string Updated = "app_install.updated";
    public const string Removed = "app_install.removed";
}

/// <summary>An app that the organization lets in.</summary>
/// <param name="AppId">The app's <c>client_id</c>.</param>
/// <param name="AppName">The app's name when it was installed.</param>
/// <param name="UserId">The machine user it acts as where no person uses it.</param>
/// <param name="Scopes">What it may do at most.</param>
/// <param name="RemovedAt">When the app was shut out; null while it is let in.</param>
public sealed record AppInstallResponse(
    Id<AppInstall> Id, Id<OAuthApp> AppId, string AppName, Id<User> UserId, IReadOnlyList<string> Scopes, DateTimeOffset? RemovedAt, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, int Version)
{
    public static AppInstallResponse From(AppInstall i) => new(i.Id, i.AppId, i.AppName, i.UserId, i.Scopes, i.RemovedAt, i.CreatedAt, i.UpdatedAt, i.Version);
}

/// <summary>An app to let in.</summary>
/// <param name="AppId">The app's <c>client_id</c>.</param>
/// <param name="Scopes">What it may do; no more than the app asks for and than the credential that installs it holds.</param>
public sealed record CreateAppInstallRequest(Id<OAuthApp> AppId, [MinLength(1), MaxLength(100), EachOf(1, 100)] List<string> Scopes);

/// <summary>What of an installed app can be changed.</summary>
/// <param name="Scopes">What it may do.</param>
public sealed record AppInstallUpdate([MinLength(1), MaxLength(100), EachOf(1, 100)] List<string> Scopes)
{
    public static AppInstallUpdate From(AppInstall i) => new(i.Scopes);
}
