namespace HeadlessSupport.Api.Platform.Events;

/// <summary>Says which response record events carry as <c>data</c>: on a room's event types, or on one of them that differs. For the contract.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Field)]
internal sealed class CarriesAttribute(Type data) : Attribute
{
    public Type Data { get; } = data;
}
