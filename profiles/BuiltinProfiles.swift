/// The requirement profiles that the tool brings along: the YAML files of `profiles/builtin`, compiled in.
package enum BuiltinProfiles {}
