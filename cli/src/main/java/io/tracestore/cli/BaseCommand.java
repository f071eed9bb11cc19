package io.tracestore.cli;

import io.tracestore.cli.terminal.Console;
import io.tracestore.codec.ReflowJson;
import io.tracestore.model.JsonValue;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Option;

/** The options that every subcommand has. */
abstract class BaseCommand implements Callable<Integer> {
  private final Console console;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  @SuppressWarnings("unused") // picocli sets it and shows the help
  private boolean help;

  @Option(names = "--verbose", description = "Show the stack of an error.")
  private boolean verbose;

  @Option(names = "--json", description = "Write JSON.")
  private boolean json;

  BaseCommand(Console console) {
    this.console = console;
  }

  final Console console() {
    return console;
  }

  final boolean isVerbose() {
    return verbose;
  }

  final boolean isJson() {
    return json;
  }

  /** Writes one line of a result. */
  final void print(String line) {
    console.line(line);
  }

  /** Writes a JSON document as one line; values as {@link JsonValue#from} takes them. */
  final void printJson(Map<String, ?> document) {
    console.line(ReflowJson.write(JsonValue.object(document)));
  }
}
