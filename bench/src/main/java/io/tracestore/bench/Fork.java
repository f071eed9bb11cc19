package io.tracestore.bench;

import io.tracestore.codec.ReflowJson;
import io.tracestore.model.JsonValue;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The process that measures one subject, or two in turn, and writes what it saw to a file. */
public final class Fork {
  private static final int FIXED_ARGUMENTS = 2;

  private Fork() {}

  /**
   * The arguments of the process.
   *
   * @param output for its file: an object for each subject, with the seconds of an operation in
   *     each round and the microseconds of each sampled call
   * @param rounds how many rounds count
   * @param subjects one or two
   */
  public static List<String> arguments(Path output, int rounds, List<Subject> subjects) {
    List<String> arguments = new ArrayList<>(List.of(output.toString(), String.valueOf(rounds)));
    subjects.forEach(subject -> arguments.addAll(subject.toArguments()));
    return arguments;
  }

  /** Measures, and ends the JVM: threads of drivers may be left. */
  public static void main(String[] args) {
    try {
      run(args);
    } catch (Exception | Error e) {
      e.printStackTrace();
      System.exit(1);
    }
    System.exit(0);
  }

  private static void run(String[] args) throws Exception {
    List<String> arguments = List.of(args);
    List<Subject> subjects = new ArrayList<>();
    for (int at = FIXED_ARGUMENTS; at < args.length; at += Subject.ARGUMENTS) {
      subjects.add(Subject.ofArguments(arguments.subList(at, at + Subject.ARGUMENTS)));
    }
    JsonValue measured = measure(subjects, Integer.parseInt(args[1]));
    Files.writeString(Path.of(args[0]), ReflowJson.write(measured));
  }

  static JsonValue measure(List<Subject> subjects, int rounds) throws Exception {
    List<Lane> lanes = new ArrayList<>();
    JsonValue measured;
    try {
      for (Subject subject : subjects) {
        boolean shared = subjects.stream().filter(other -> isAt(other, subject)).count() == 1;
        lanes.add(new Lane(Works.open(subject, shared), subject.threads(), System::nanoTime));
      }
      Rounds measurement = new Rounds(lanes);
      measurement.measure(rounds);
      measured =
          JsonValue.from(lanes.stream().map(lane -> toJson(lane, measurement.isSteady())).toList());
    } catch (Exception | Error e) {
      // A store that failed lacks traces: that is no news.
      try {
        close(lanes);
      } catch (Exception further) {
        e.addSuppressed(further);
      }
      throw e;
    }
    close(lanes);
    return measured;
  }

  /** Whether a store of the same size is measured at the same place. */
  private static boolean isAt(Subject one, Subject other) {
    return !one.baseline() && one.store().equals(other.store()) && one.events() == other.events();
  }

  private static void close(List<Lane> lanes) throws Exception {
    for (Lane lane : lanes) {
      lane.close();
    }
  }

  private static Map<String, Object> toJson(Lane lane, boolean steady) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("steady", steady);
    json.put("seconds", lane.times());
    json.put("micros", lane.samples());
    json.put("means", lane.sampledMeans());
    json.put("bytes", lane.bytesPerOperation());
    if (lane.bytesPerEvent() > 0) {
      json.put("bytesPerEvent", lane.bytesPerEvent());
    }
    return json;
  }
}
