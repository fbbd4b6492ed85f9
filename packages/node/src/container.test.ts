import { expect, test } from 'vitest'
import { findContainerId } from './container.js'

const ID = '6ab94cc4d1a8a8e6ae1c45b4ed1d8ee7a8c3f0f3d0a9e2b1c4d5e6f708192a3b'

test.each([
  ['Docker', `12:memory:/docker/${ID}\n11:cpu:/docker/${ID}`],
  ['Docker under systemd', `0::/system.slice/docker-${ID}.scope`],
  ['Kubernetes with containerd', `1:name=systemd:/kubepods.slice/kubepods-pod1.slice/cri-containerd-${ID}.scope`],
  ['containerd that divides by colons', `11:devices:/system.slice/containerd.service/kubepods-pod1.slice:cri:${ID}`],
  ['CRI-O', `0::/kubepods.slice/kubepods-burstable.slice/crio-${ID}.scope`],
])('the container of %s is found in its cgroup', (_name, cgroup) => {
  expect(findContainerId(`${cgroup}\n`, '')).toBe(ID)
})

test('a task of ECS on Fargate is found by its shorter id', () => {
  const task = '447438d5b8c04b2a8ae2a7a5b1c2d3e4'
  expect(findContainerId(`9:perf_event:/ecs/${task}/${task}-2531612879\n`, '')).toBe(`${task}-2531612879`)
})

test.each([
  ['Docker', `/var/lib/docker/containers/${ID}/hostname /etc/hostname`],
  ['Podman', `/containers/overlay-containers/${ID}/userdata/hostname /etc/hostname`],
])('with cgroups of version 2 the container of %s is found in its mounts', (_name, mount) => {
  const mounts = `22 27 0:21 / /proc rw - proc proc rw\n704 676 254:1 ${mount} rw,relatime - ext4 /dev/vda1 rw\n`
  expect(findContainerId('0::/\n', mounts)).toBe(ID)
})

test('outside any container there is none, whatever else the kernel mounts', () => {
  const cgroup = '5:memory:/user.slice/748f5cb1b6a4ccc7c180c500ffe99b4a\n0::/init.scope\n'
  const image = `1 2 0:1 /var/lib/docker/overlay2/${ID}/merged / rw - overlay overlay rw\n`
  expect(findContainerId(cgroup, image)).toBeUndefined()
  expect(findContainerId('', '')).toBeUndefined()
})
