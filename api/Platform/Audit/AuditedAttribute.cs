using System.Reflection;

namespace HeadlessSupport.Api.Platform.Audit;

/// <summary>On a room's event types: they stand in the audit log too, in the same transaction.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class AuditedAttribute : Attribute
{
    /// <summary>Types that do not.</summary>
    public string[] Except { get; init; } = [];

    /// <summary>All types that do.</summary>
    public static HashSet<string> Types { get; } =
    [
        .. from type in typeof(AuditedAttribute).Assembly.GetTypes()
           let audited = type.GetCustomAttribute<AuditedAttribute>()
           where audited is not null
           from field in type.GetFields(BindingFlags.Public | BindingFlags.Static)
           let name = (string)field.GetRawConstantValue()!
           where !audited.Except.Contains(name)
           select name,
    ];
}
