using HeadlessSupport.Api.Platform.Data;

namespace HeadlessSupport.Api.Platform.Tenancy;

/// <summary>Who did it. Every change is attributed to one.</summary>
/// <param name="Kind">One of <see cref="ActorKinds"/>; more are added, none is renamed.</param>
/// <param name="Id">Prefixed id of the user or the key; null for the system and the operator.</param>
public sealed record Actor(string Kind, string? Id)
{
    public static readonly Actor System = new(ActorKinds.System, null);
    public static readonly Actor Operator = new(ActorKinds.Operator, null);
}

public static class ActorKinds
{
    public const string User = "user";
    public const string Customer = "customer";
    public const string ApiKey = "api_key";
    public const string App = "app";
    public const string Automation = "automation";
    public const string Ai = "ai";
    public const string System = "system";
    public const string Operator = "operator";
}
