namespace HeadlessSupport.Api.Tests.Platform;

/// <summary>A test of what happens to root, which steps down to another user to run PostgreSQL.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute()
    {
        if (!Environment.IsPrivilegedProcess)
            Skip = "Only root steps down to another user; everyone else runs PostgreSQL as oneself.";
    }
}
