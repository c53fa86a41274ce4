using Mono.Cecil;
using Mono.Cecil.Cil;

namespace HeadlessSupport.Api.Tests.Architecture;

/// <summary>The compiled program: which type names which.</summary>
internal static class Compiled
{
    private static readonly AssemblyDefinition Program = AssemblyDefinition.ReadAssembly(typeof(SupportDb).Assembly.Location);

    public static IEnumerable<TypeDefinition> Types() => Program.MainModule.Types.SelectMany(All);

    /// <summary>The folder under <c>api/</c>; null for the root files and for what is not ours.</summary>
    public static string? Room(string fullName)
    {
        const string root = "HeadlessSupport.Api.";
        if (!fullName.StartsWith(root, StringComparison.Ordinal))
            return null;
        var rest = fullName[root.Length..];
        var dot = rest.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? null : rest[..dot];
    }

    public static string Outermost(TypeDefinition type)
    {
        while (type.DeclaringType is not null)
            type = type.DeclaringType;
        return type.FullName;
    }

    /// <summary>The types, by the outermost each stands in, that name one of these.</summary>
    public static IEnumerable<string> UsersOf(params string[] fullNames) =>
        Types().Where(t => !fullNames.Contains(Outermost(t)) && Named(t).Overlaps(fullNames)).Select(Outermost).Distinct(StringComparer.Ordinal);

    /// <summary>Every type that a type's signatures, attributes and code name, each by the outermost it stands in.</summary>
    public static HashSet<string> Named(TypeDefinition type)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        void Add(TypeReference? reference)
        {
            if (reference is null)
                return;
            foreach (var argument in reference is GenericInstanceType generic ? generic.GenericArguments : [])
                Add(argument);
            var element = reference.GetElementType();
            while (element.DeclaringType is not null)
                element = element.DeclaringType;
            names.Add(element.FullName);
        }
        Add(type.BaseType);
        foreach (var implemented in type.Interfaces)
            Add(implemented.InterfaceType);
        foreach (var field in type.Fields)
            Add(field.FieldType);
        Mark(type, Add);
        foreach (var method in type.Methods)
            Visit(method, Add);
        return names;
    }

    private static IEnumerable<TypeDefinition> All(TypeDefinition type) => type.NestedTypes.SelectMany(All).Prepend(type);

    private static void Visit(MethodDefinition method, Action<TypeReference?> add)
    {
        add(method.ReturnType);
        Mark(method, add);
        foreach (var parameter in method.Parameters)
        {
            add(parameter.ParameterType);
            Mark(parameter, add);
        }
        foreach (var constraint in method.GenericParameters.SelectMany(p => p.Constraints))
            add(constraint.ConstraintType);
        if (!method.HasBody)
            return;
        foreach (var local in method.Body.Variables)
            add(local.VariableType);
        foreach (var instruction in method.Body.Instructions)
            Visit(instruction, add);
    }

    private static void Mark(ICustomAttributeProvider marked, Action<TypeReference?> add)
    {
        foreach (var attribute in marked.CustomAttributes)
        {
            add(attribute.AttributeType);
            foreach (var argument in attribute.ConstructorArguments)
                add(argument.Value as TypeReference);
        }
    }

    private static void Visit(Instruction instruction, Action<TypeReference?> add)
    {
        switch (instruction.Operand)
        {
            case TypeReference named:
                add(named);
                break;
            case MethodReference method:
                add(method.DeclaringType);
                add(method.ReturnType);
                foreach (var argument in method is GenericInstanceMethod generic ? generic.GenericArguments : [])
                    add(argument);
                break;
            case FieldReference field:
                add(field.DeclaringType);
                add(field.FieldType);
                break;
        }
    }
}
