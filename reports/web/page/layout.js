'use strict';
// Where the nodes of the topology stand.

const nodeSize = {
  width: 164,
  height: 60
};
const dagreMost = 140;  // nodes; above, a simple layering is quick enough where dagre is not

/**
 * nodes: [{id}], edges: [{from, to, ...}] by id. Gives each node x, y (its centre) and each edge
 * `points`, and returns {width, height}.
 */
function layOut(nodes, edges) {
  if (nodes.length > dagreMost) return layOutQuickly(nodes, edges);
  const graph = new dagre.graphlib.Graph({multigraph: true});
  graph.setGraph({rankdir: 'LR', nodesep: 22, ranksep: 74, marginx: 14, marginy: 18});
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of nodes) graph.setNode(node.id, {...nodeSize});
  edges.forEach((edge, i) => graph.setEdge(edge.from, edge.to, {}, String(i)));
  dagre.layout(graph);
  for (const node of nodes)
    Object.assign(node, {x: graph.node(node.id).x, y: graph.node(node.id).y});
  edges.forEach((edge, i) => {
    edge.points = graph.edge(edge.from, edge.to, String(i)).points;
  });
  return {width: graph.graph().width, height: graph.graph().height};
}

/** Layers by longest path from the sources, ordered by the mean place of the callers. */
function layOutQuickly(nodes, edges) {
  const known = new Map(nodes.map((n) => [n.id, n]));
  const out = new Map(nodes.map((n) => [n.id, []])), into = new Map(nodes.map((n) => [n.id, []]));
  for (const e of edges) {
    out.get(e.from).push(e.to);
    into.get(e.to).push(e.from);
  }
  // Kahn's order; what goes round in circles is appended where it stands.
  const waiting = new Map(nodes.map((n) => [n.id, into.get(n.id).length]));
  const layer = new Map(nodes.map((n) => [n.id, 0]));
  const ready = nodes.filter((n) => waiting.get(n.id) === 0).map((n) => n.id);
  for (let i = 0; i < ready.length; ++i)
    for (const to of out.get(ready[i])) {
      layer.set(to, Math.max(layer.get(to), layer.get(ready[i]) + 1));
      waiting.set(to, waiting.get(to) - 1);
      if (waiting.get(to) === 0) ready.push(to);
    }
  const layers = [];
  for (const n of nodes) {
    const at = layer.get(n.id);
    if (!layers[at]) layers[at] = [];
    layers[at].push(n.id);
  }
  const place = new Map();
  const number = (ids) => ids.forEach((id, i) => place.set(id, i / Math.max(ids.length - 1, 1)));
  layers.forEach((ids) => ids && number(ids));
  for (let sweep = 0; sweep < 4; ++sweep) {
    const downward = sweep % 2 === 0;
    for (const ids of downward ? layers : [...layers].reverse()) {
      if (!ids) continue;
      const near = downward ? into : out;
      const middle = new Map(ids.map((id) => {
        const all = near.get(id);
        return [
          id, all.length ? all.reduce((a, b) => a + place.get(b), 0) / all.length : place.get(id)
        ];
      }));
      ids.sort((a, b) => middle.get(a) - middle.get(b));
      number(ids);
    }
  }
  // A long layer is folded into columns, so that the picture stays wide rather than endless.
  let x = nodeSize.width / 2 + 14, tallest = 0;
  const rowsMost = Math.max(12, Math.ceil(Math.sqrt(nodes.length)));
  for (const ids of layers) {
    if (!ids) continue;
    ids.forEach((id, i) => {
      const node = known.get(id);
      const column = Math.floor(i / rowsMost);
      node.x = x + column * (nodeSize.width + 16);
      node.y = (i % rowsMost) * (nodeSize.height + 14) + nodeSize.height / 2 + 14;
      tallest = Math.max(tallest, node.y + nodeSize.height / 2 + 14);
    });
    x += Math.ceil(ids.length / rowsMost) * (nodeSize.width + 16) + 60;
  }
  for (const e of edges) {
    const a = known.get(e.from), b = known.get(e.to);
    e.points = [
      {x: a.x + nodeSize.width / 2, y: a.y}, {x: (a.x + b.x) / 2, y: (a.y + b.y) / 2},
      {x: b.x - nodeSize.width / 2, y: b.y}
    ];
  }
  return {width: x, height: tallest};
}

/** A smooth path through the points of an edge. */
function pathOf(points) {
  const p = points;
  let d = 'M' + p[0].x.toFixed(1) + ' ' + p[0].y.toFixed(1);
  for (let i = 1; i < p.length - 1; ++i) {
    const mx = (p[i].x + p[i + 1].x) / 2, my = (p[i].y + p[i + 1].y) / 2;
    const [x, y] = i === p.length - 2 ? [p[i + 1].x, p[i + 1].y] : [mx, my];
    d +=
        'Q' + p[i].x.toFixed(1) + ' ' + p[i].y.toFixed(1) + ' ' + x.toFixed(1) + ' ' + y.toFixed(1);
  }
  if (p.length === 2) d += 'L' + p[1].x.toFixed(1) + ' ' + p[1].y.toFixed(1);
  return d;
}

/**
 * What the topology shows of a run. grouping: "none", "zone", "layer"; `open`: names of groups that
 * are unfolded; `focus`: a service whose neighbours alone are shown.
 * Nodes: {id, kind: "workload"|"service"|"group", label, service?, members?}.
 */
function graphOf(run, grouping, open, focus) {
  const groupFor = grouping === 'none' || focus !== null ?
      () => null :
      grouping === 'zone' ?
      (i) => (run.services[i].zones || []).map(([zone]) => zone).join(' · ') || 'no zone' :
      depthGroups(run);
  const idOf = (i) => {
    const group = groupFor(i);
    return group === null || open.has(group) ? 's:' + run.services[i].name : 'g:' + group;
  };
  const index = once(run, '_index', () => new Map(run.services.map((s, i) => [s.name, i])));
  const nodes = new Map(), edges = new Map();
  const near = focus === null ? null : new Set([
    focus, ...run.edges.filter((e) => e.to === focus && !e.workload).map((e) => index.get(e.from)),
    ...run.edges.filter((e) => !e.workload && index.get(e.from) === focus).map((e) => e.to)
  ]);
  run.services.forEach((s, i) => {
    if (near && !near.has(i)) return;
    const id = idOf(i);
    if (!nodes.has(id))
      nodes.set(
          id,
          id.startsWith('g:') ? {id, kind: 'group', label: id.slice(2), members: []} :
                                {id, kind: 'service', label: s.name, service: i});
    if (id.startsWith('g:')) nodes.get(id).members.push(i);
  });
  run.edges.forEach((e, i) => {
    const to = idOf(e.to), from = e.workload ? 'w:' + e.from : idOf(index.get(e.from));
    if (near && (e.workload ? e.to !== focus : !(near.has(e.to) && near.has(index.get(e.from)))))
      return;
    if (e.workload && !nodes.has(from))
      nodes.set(from, {id: from, kind: 'workload', label: e.from});
    if (from === to) return;
    const key = from + '\n' + to;
    if (!edges.has(key)) edges.set(key, {from, to, members: []});
    edges.get(key).members.push(i);
  });
  return {nodes: [...nodes.values()], edges: [...edges.values()]};
}

/** Groups by how many calls lie between a service and the outside. */
function depthGroups(run) {
  const index = new Map(run.services.map((s, i) => [s.name, i]));
  const depth = new Array(run.services.length).fill(-1);
  let front = [...new Set(run.edges.filter((e) => e.workload).map((e) => e.to))];
  for (let d = 0; front.length > 0; ++d) {
    for (const i of front) depth[i] = d;
    const behind = new Set(front.map((i) => run.services[i].name));
    front = [
      ...new Set(run.edges.filter((e) => !e.workload && behind.has(e.from)).map((e) => e.to))
    ].filter((i) => depth[i] < 0);
  }
  return (i) =>
             (depth[i] < 0       ? 'not called' :
                  depth[i] === 0 ? 'entry' :
                                   depth[i] + (depth[i] === 1 ? ' call deep' : ' calls deep'));
}
