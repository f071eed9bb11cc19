package io.tracestore.model;

import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The type of a {@link TraceEvent}: one of Reflow's plain kinds, a {@link DataFlow} from one actor
 * to another, or a {@link Custom} name.
 */
public sealed interface TraceEventType {
  /** The plain kinds, which carry no detail. */
  enum Plain implements TraceEventType {
    ACTOR_CREATED("ActorCreated"),
    ACTOR_STARTED("ActorStarted"),
    ACTOR_COMPLETED("ActorCompleted"),
    ACTOR_FAILED("ActorFailed"),
    MESSAGE_SENT("MessageSent"),
    MESSAGE_RECEIVED("MessageReceived"),
    STATE_CHANGED("StateChanged"),
    PORT_CONNECTED("PortConnected"),
    PORT_DISCONNECTED("PortDisconnected"),
    NETWORK_EVENT("NetworkEvent");

    private static final Map<String, Plain> BY_NAME =
        Stream.of(values()).collect(Collectors.toMap(Plain::typeName, Function.identity()));

    private final String typeName;

    Plain(String typeName) {
      this.typeName = typeName;
    }

    @Override
    public String typeName() {
      return typeName;
    }
  }

  /**
   * Data went from the event's actor to another.
   *
   * @param toActor the receiving actor's id
   * @param toPort the port it arrived at
   */
  record DataFlow(String toActor, String toPort) implements TraceEventType {
    /** The {@link #typeName()} of every data flow. */
    public static final String TYPE_NAME = "DataFlow";

    public DataFlow {
      Checks.text("eventType.toActor", toActor);
      Checks.text("eventType.toPort", toPort);
    }

    @Override
    public String typeName() {
      return TYPE_NAME;
    }
  }

  /**
   * An application's own kind of event.
   *
   * @param name its name; any text
   */
  record Custom(String name) implements TraceEventType {
    public Custom {
      Checks.text("eventType.name", name);
    }

    @Override
    public String typeName() {
      return "Custom(" + name + ")";
    }
  }

  /** An actor was created. */
  TraceEventType ACTOR_CREATED = Plain.ACTOR_CREATED;

  /** An actor began to work. */
  TraceEventType ACTOR_STARTED = Plain.ACTOR_STARTED;

  /** An actor finished its work. */
  TraceEventType ACTOR_COMPLETED = Plain.ACTOR_COMPLETED;

  /** An actor's work failed. */
  TraceEventType ACTOR_FAILED = Plain.ACTOR_FAILED;

  /** A message left an actor. */
  TraceEventType MESSAGE_SENT = Plain.MESSAGE_SENT;

  /** A message reached an actor. */
  TraceEventType MESSAGE_RECEIVED = Plain.MESSAGE_RECEIVED;

  /** An actor's state changed. */
  TraceEventType STATE_CHANGED = Plain.STATE_CHANGED;

  /** A port was connected. */
  TraceEventType PORT_CONNECTED = Plain.PORT_CONNECTED;

  /** A port was disconnected. */
  TraceEventType PORT_DISCONNECTED = Plain.PORT_DISCONNECTED;

  /** Something happened on the network. */
  TraceEventType NETWORK_EVENT = Plain.NETWORK_EVENT;

  /**
   * The name that filters and metrics use: Reflow's for the plain kinds and {@code DataFlow},
   * {@code Custom(name)} for an application's own. No two kinds share one.
   */
  String typeName();

  /** A flow of data to a port of another actor. */
  static TraceEventType dataFlow(String toActor, String toPort) {
    return new DataFlow(toActor, toPort);
  }

  /** An application's own kind. */
  static TraceEventType custom(String name) {
    return new Custom(name);
  }

  /**
   * The plain kind of that {@link #typeName()}.
   *
   * @throws IllegalArgumentException if there is none
   */
  static TraceEventType plain(String typeName) {
    Plain plain = Plain.BY_NAME.get(Objects.requireNonNull(typeName, "typeName"));
    if (plain == null) {
      throw new IllegalArgumentException("unknown event type: '" + typeName + "'");
    }
    return plain;
  }

  /** Whether {@code typeName} is one that {@link #typeName()} can return. */
  static boolean isTypeName(String typeName) {
    return Plain.BY_NAME.containsKey(typeName)
        || typeName.equals(DataFlow.TYPE_NAME)
        || (typeName.startsWith("Custom(") && typeName.endsWith(")"));
  }
}
