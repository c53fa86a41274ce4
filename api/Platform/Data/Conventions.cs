using System.Linq.Expressions;
using System.Reflection;
using System.Text.Json;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace HeadlessSupport.Api.Platform.Data;

/// <summary>How our types become columns, said once for all tables.</summary>
internal static class Conventions
{
    internal static void UseHouseConventions(this ModelConfigurationBuilder builder, Assembly assembly)
    {
        // Each index costs every write: they are named one by one, for the lists they serve.
        builder.Conventions.Remove<Microsoft.EntityFrameworkCore.Metadata.Conventions.ForeignKeyIndexConvention>();
        foreach (var type in assembly.GetTypes())
        {
            if (type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IEntity)))
                builder.Properties(typeof(Id<>).MakeGenericType(type)).HaveConversion(typeof(IdConverter<>).MakeGenericType(type));
            else if (type.IsEnum)
                builder.Properties(type).HaveConversion(typeof(EnumConverter<>).MakeGenericType(type));
        }
        builder.Properties<Dictionary<string, string>>().HaveConversion<DocumentConverter<Dictionary<string, string>>, DocumentComparer<Dictionary<string, string>>>().HaveColumnType("jsonb");
        builder.Properties<Dictionary<string, JsonElement>>().HaveConversion<DocumentConverter<Dictionary<string, JsonElement>>, DocumentComparer<Dictionary<string, JsonElement>>>().HaveColumnType("jsonb");
    }

    /// <summary>Keys of tenant tables begin with the organization; versions guard writes; ids are ours to give.</summary>
    internal static void UseHouseKeys(this ModelBuilder builder)
    {
        foreach (var type in builder.Model.GetEntityTypes().Where(t => t.ClrType.IsAssignableTo(typeof(Resource))))
        {
            var entity = builder.Entity(type.ClrType);
            if (type.FindProperty("Id") is { } id && id.ClrType != typeof(Id<Tenant>))
                entity.HasKey("OrganizationId", "Id");
            entity.Property(nameof(Resource.Version)).IsConcurrencyToken();
        }
        foreach (var property in builder.Model.GetEntityTypes().SelectMany(t => t.GetProperties()).Where(p => p.ClrType.IsAssignableTo(typeof(IId))))
            property.ValueGenerated = Microsoft.EntityFrameworkCore.Metadata.ValueGenerated.Never;
    }

    /// <summary>A foreign key that begins with the organization, since row security does not guard foreign-key checks.</summary>
    internal static void References<T, TPrincipal>(this EntityTypeBuilder<T> entity, string property, Expression<Func<T, TPrincipal?>>? navigation = null)
        where T : class, ITenantOwned
        where TPrincipal : class, ITenantOwned =>
        entity.HasOne(navigation).WithMany()
            .HasForeignKey(nameof(ITenantOwned.OrganizationId), property)
            .OnDelete(DeleteBehavior.Restrict);

    /// <summary>A record kept as one JSON document, replaced whole.</summary>
    internal static PropertyBuilder<T> IsDocument<T>(this PropertyBuilder<T> property) where T : class =>
        property.HasConversion(new DocumentConverter<T>(), new DocumentComparer<T>()).HasColumnType("jsonb");

    private sealed class IdConverter<T>() : ValueConverter<Id<T>, Guid>(id => id.Value, value => new Id<T>(value)) where T : IEntity;

    private sealed class EnumConverter<T>() : ValueConverter<T, string>(value => EnumText<T>.Write(value), text => EnumText<T>.Read(text)) where T : struct, Enum;

    private sealed class DocumentConverter<T>() : ValueConverter<T, string>(
        document => JsonSerializer.Serialize(document, Json.Options),
        text => JsonSerializer.Deserialize<T>(text, Json.Options)!)
        where T : class;

    private sealed class DocumentComparer<T>() : ValueComparer<T>(
        // jsonb keeps no order of members, so their order is no difference.
        (a, b) => ReferenceEquals(a, b) || JsonElement.DeepEquals(JsonSerializer.SerializeToElement(a, Json.Options), JsonSerializer.SerializeToElement(b, Json.Options)),
        document => document == null ? 0 : 1,
        document => document)
        where T : class;
}

/// <summary>Enum values as they stand on the wire and in the database: snake_case text.</summary>
internal static class EnumText<T> where T : struct, Enum
{
    private static readonly Dictionary<T, string> Texts = Enum.GetValues<T>().ToDictionary(v => v, v => JsonNamingPolicy.SnakeCaseLower.ConvertName(v.ToString()));
    private static readonly Dictionary<string, T> Values = Texts.ToDictionary(p => p.Value, p => p.Key, StringComparer.Ordinal);

    public static string All { get; } = string.Join(", ", Values.Keys);

    public static string Write(T value) => Texts[value];

    public static T Read(string text) => Values[text];

    public static bool TryRead(string text, out T value) => Values.TryGetValue(text, out value);
}
